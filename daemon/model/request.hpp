#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "base/units.hpp"
#include "model/credential.hpp"
#include "model/header.hpp"
#include "model/options.hpp"
#include "model/task.hpp"
#include "model/upload.hpp"

namespace haul::model {

/// Where a part file stands, and what the journal knows of its bytes.
struct PartPlace {
    std::string path;
    PartTrust trust = PartTrust::Size;
    Coverage done;    ///< what counts where the trust is Covered
    Coverage synced;  ///< likewise, Synced
};

/// What a request may carry and nobody else may see.
struct Secrets {
    Headers headers;
    Credential server;
    Credential proxy_login;
    std::optional<std::string> proxy;                   ///< whole, where the option shows only a part
    std::optional<std::vector<std::string>> mirrors;    ///< likewise
    std::optional<std::vector<std::string>> part_urls;  ///< likewise
    std::optional<std::string> abort_url;               ///< likewise

    bool is_empty() const {
        return headers.empty() && !server.is_given() && !proxy_login.is_given() && !proxy && !mirrors &&
               !part_urls && !abort_url;
    }
};

/// What is sent, how, and how far that is.
struct UploadWork {
    SourceFile source;
    UploadPlan plan;
    UploadState state;
};

/// One attempt of a task, as the engine needs it.
struct TransferRequest {
    TaskId task;
    Attempt attempt;
    OwnerId owner;      ///< whose connections may be used again
    SessionId session;  ///< whose cookies, where the options ask for them
    std::string url;    ///< of the source that is to be asked
    Secrets secrets;
    Options options;  ///< with what the configuration adds to them
    PartPlace part;
    std::optional<Bytes> total;
    Validator validator;  ///< of the bytes in the part file
    std::string digest;   ///< what the server promised those bytes to be
    Duration request_timeout{};
    bool wants_name = false;             ///< whether the server's answer names the file
    bool wants_same_entity = false;      ///< whether other sources are to be asked before bytes are given up
    bool is_background = false;          ///< whether it makes way for others
    std::optional<UploadWork> upload{};  ///< of an upload, which has no part file
};

/// Where a client wants its file.
struct DestinationWish {
    std::string path;                     ///< of a file, or of a directory
    std::optional<std::string> filename;  ///< within the directory
    std::optional<IfExists> if_exists;
};
/// Where it will be. A file whose name is up to the server gets another one where that is taken, unless the
/// client wants it differently.
struct Destination {
    std::string path;  ///< of the file, or of its directory with a slash at the end
    IfExists if_exists = IfExists::Fail;
};

/// What makes a part file the result.
struct PublishRequest {
    TaskId task;
    Attempt attempt;
    PartPlace part;
    std::string destination;  ///< absolute path
    IfExists if_exists = IfExists::Fail;
    std::optional<std::uint32_t> mode;  ///< no value: 0666 without the umask
    std::uint64_t inode = 0;            ///< the part file's, to know it again under its final name
    Bytes size = 0;
    std::vector<Digest> digests;       ///< that its bytes have to have; none where that is known already
    std::optional<WallTime> modified;  ///< its modification time is set to this
};

/// A piece of a body that is put together in the spool: text, or a file by its descriptor or path.
struct SourcePiece {
    std::string text{};
    std::string path{};
    UniqueFd fd{};            ///< open for reading; goes before the path
    FileIdentity identity{};  ///< of the file, as it was looked at; all of it is wanted, and nothing else

    bool is_file() const { return fd || !path.empty(); }
};

/// What makes a file in the spool that an upload is then read from.
struct SpoolRequest {
    std::uint64_t number = 0;  ///< whoever asks knows the answer by it
    std::string target;        ///< absolute path of a file that is not there yet
    std::vector<SourcePiece> pieces;
    Bytes most = 0;           ///< what spool-bytes-per-owner leaves
    bool is_reflink = false;  ///< whether to share the blocks of its one file, or make nothing
};
struct Spooled {
    std::uint64_t number = 0;
    Result<SourceFile> source;  ///< errors: SourceUnreadable, LimitExceeded, JournalUnavailable;
                                ///< NotSupported where there can be no reflink
};

/// A part file or spooled result that nobody needs any more.
struct DiscardRequest {
    std::uint64_t number = 0;  ///< of the journal's row that remembers it
    std::string path;
};

}  // namespace haul::model

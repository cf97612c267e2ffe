#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/header.hpp"
#include "model/options.hpp"
#include "model/task.hpp"

namespace haul::model {

/// Where a part file stands, and what the journal knows of its bytes.
struct PartPlace {
    std::string path;
    PartTrust trust = PartTrust::Size;
    Bytes synced = 0;
};

/// One attempt of a download, as the engine needs it.
struct TransferRequest {
    TaskId task;
    Attempt attempt;
    std::string url;
    Headers headers;
    PartPlace part;
    std::optional<Bytes> total;
    Validator validator;  ///< of the bytes in the part file
    Duration request_timeout{};
    RedirectPolicy redirects = RedirectPolicy::Follow;
    std::string ca_file;  ///< "" = the system's
    std::optional<Bytes> max_size;
    std::optional<Bytes> expected_size;
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
};

/// A part file or spooled result that nobody needs any more.
struct DiscardRequest {
    std::uint64_t number = 0;  ///< of the journal's row that remembers it
    std::string path;
};

}  // namespace haul::model

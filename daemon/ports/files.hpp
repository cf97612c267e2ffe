#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "model/fact.hpp"
#include "model/request.hpp"

namespace haul::ports {

/// A fact about a task's part file: Synced, Published or Unpublished.
struct FileReport {
    TaskId task;
    Attempt attempt;
    model::Fact fact;
};
/// The file of this discard is gone.
struct Discarded {
    std::uint64_t number = 0;
};
using StoreroomReport = std::variant<FileReport, Discarded, model::Spooled>;

/// Where files get durable and get their names. Publishing and discarding return at once; their reports come
/// later, on the core thread.
class Files {
public:
    virtual ~Files() = default;

    virtual void publish(model::PublishRequest request) = 0;
    virtual void discard(model::DiscardRequest request) = 0;

    /// Whether a file may be made there now, and where exactly: a directory becomes the path of the file in
    /// it, or where that has no name yet, ends with a slash. Errors: InvalidArgument, DestinationDenied,
    /// DestinationExists.
    virtual Result<model::Destination> check_destination(const model::DestinationWish& wish) = 0;
    /// Whether this file is there and could get a name in that directory by renaming.
    virtual bool can_move(const std::string& path, const std::string& directory) = 0;
    /// What an upload is to be read from. Of a descriptor whose file no path leads to, the path is "".
    /// Errors: SourceUnreadable, InvalidArgument.
    virtual Result<model::SourceFile> look_at_source(const std::string& path) = 0;
    virtual Result<model::SourceFile> look_at_source(int fd) = 0;
    /// Whether a file in that directory could share the blocks of this one.
    virtual bool may_reflink(const model::SourceFile& source, const std::string& directory) = 0;
    /// Puts a body together in the spool. Returns at once; the report comes later.
    virtual void spool(model::SpoolRequest request) = 0;
    /// Every file of this directory with that suffix.
    virtual std::vector<std::string> list(const std::string& directory, const std::string& suffix) = 0;
    /// A descriptor from which this text can be read.
    virtual Result<UniqueFd> open_text(const std::string& text) = 0;
    /// A read-only descriptor. Errors: InvalidState where there is no such file.
    virtual Result<UniqueFd> open_result(const std::string& path) = 0;
};

}  // namespace haul::ports

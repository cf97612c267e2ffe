#pragma once

#include <functional>
#include <tuple>
#include <vector>

#include "fakes/fake_disk.hpp"
#include "ports/files.hpp"

namespace haul::fakes {

/// Publishes and discards on a FakeDisk. What was asked for is done, and its report handed out, by `deliver`.
class FakeFiles final : public ports::Files {
public:
    using Sink = std::function<void(ports::StoreroomReport)>;

    FakeFiles(FakeDisk& disk, Sink sink) : disk_(disk), sink_(std::move(sink)) {}

    std::vector<model::PublishRequest> publications;  ///< all that were asked for
    std::vector<model::DiscardRequest> discards;      ///< likewise
    std::vector<model::SpoolRequest> spooled;         ///< likewise
    std::function<void()> on_call = [] {};            ///< before anything is noted
    bool can_clone = false;                           ///< whether the file system has reflinks
    bool clones_fail = false;                         ///< though it looks as if it had

    void publish(model::PublishRequest request) override;
    void discard(model::DiscardRequest request) override;
    /// Paths with a slash at the end are directories, those under /denied/ can't be written.
    Result<model::Destination> check_destination(const model::DestinationWish& wish) override;
    /// What is under /other/ is another file system.
    bool can_move(const std::string& path, const std::string& directory) override;
    Result<UniqueFd> open_result(const std::string& path) override;
    Result<model::SourceFile> look_at_source(const std::string& path) override;
    /// Every descriptor is of a file of 10 bytes that no path leads to.
    Result<model::SourceFile> look_at_source(int fd) override;
    bool may_reflink(const model::SourceFile&, const std::string&) override { return can_clone; }
    void spool(model::SpoolRequest request) override;
    std::vector<std::string> list(const std::string& directory, const std::string& suffix) override;
    Result<UniqueFd> open_text(const std::string& text) override;

    /// False where there was nothing to do.
    bool deliver();

private:
    model::Fact serve(const model::PublishRequest& request);

    FakeDisk& disk_;
    Sink sink_;
    std::vector<std::variant<model::PublishRequest, model::DiscardRequest>> asked_;
    std::vector<std::tuple<std::uint64_t, std::string, Bytes>> copies_;
};

}  // namespace haul::fakes

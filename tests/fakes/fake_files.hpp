#pragma once

#include <functional>
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
    std::function<void()> on_call = [] {};            ///< before anything is noted

    void publish(model::PublishRequest request) override;
    void discard(model::DiscardRequest request) override;
    /// Paths with a slash at the end are directories, those under /denied/ can't be written.
    Result<model::Destination> check_destination(const model::DestinationWish& wish) override;
    /// What is under /other/ is another file system.
    bool can_move(const std::string& path, const std::string& directory) override;
    Result<UniqueFd> open_result(const std::string& path) override;

    /// False where there was nothing to do.
    bool deliver();

private:
    model::Fact serve(const model::PublishRequest& request);

    FakeDisk& disk_;
    Sink sink_;
    std::vector<std::variant<model::PublishRequest, model::DiscardRequest>> asked_;
};

}  // namespace haul::fakes

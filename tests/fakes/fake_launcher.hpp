#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "ports/launcher.hpp"

namespace haul::fakes {

/// Writes down what is launched; the test reports how it ended.
class FakeLauncher final : public ports::Launcher {
public:
    std::vector<ports::LaunchRequest> launched;
    std::vector<std::pair<model::LaunchTarget, Checked>> checks;  ///< without an answer yet
    std::function<void()> on_call = [] {};                        ///< before anything is written down

    void check(const model::LaunchTarget& target, OwnerId, Checked reply) override {
        checks.emplace_back(target, std::move(reply));
    }
    void launch(ports::LaunchRequest request) override {
        on_call();
        launched.push_back(std::move(request));
    }
};

}  // namespace haul::fakes

#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "ports/channels.hpp"

namespace haul::fakes {

/// Writes down what is asked of the ear; the test reports what connections bring.
class FakeChannels final : public ports::Channels {
public:
    std::vector<model::SocketRequest> connected;
    std::vector<std::pair<TaskId, Attempt>> stopped;
    std::vector<model::OutgoingMessage> sent;
    std::vector<std::pair<TaskId, model::CloseWord>> closed;
    std::vector<TaskId> answered;  ///< goodbyes of peers
    std::vector<std::uint64_t> pings;
    std::map<TaskId, model::Bulk> allowed;
    std::vector<TaskId> forgotten;
    std::function<void()> on_call = [] {};  ///< before anything is written down

    void connect(model::SocketRequest request) override {
        on_call();
        connected.push_back(std::move(request));
    }
    void stop(TaskId task, Attempt attempt) override {
        on_call();
        stopped.emplace_back(task, attempt);
    }
    void send(TaskId, Attempt, std::vector<model::OutgoingMessage> messages) override {
        on_call();
        for (auto& message : messages) sent.push_back(std::move(message));
    }
    void answer_goodbye(TaskId task, Attempt) override {
        on_call();
        answered.push_back(task);
    }
    void close(TaskId task, Attempt, model::CloseWord word) override {
        on_call();
        closed.emplace_back(task, std::move(word));
    }
    void ping(TaskId, Attempt, std::uint64_t number) override { pings.push_back(number); }
    void allow(TaskId task, Attempt, model::Bulk in_all) override {
        on_call();
        allowed[task] = in_all;
    }
    Result<UniqueFd> open_channel(TaskId, const model::SocketTerms&) override {
        return fail(ErrorCode::LimitExceeded, "no channels here");
    }
    void forget(TaskId task) override {
        on_call();
        forgotten.push_back(task);
    }
};

}  // namespace haul::fakes

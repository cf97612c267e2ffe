#pragma once

#include <thread>

#include "ports/channels.hpp"
#include "websocket/worker.hpp"

namespace haul::websocket {

/// The ear: WebSockets on a thread of their own. The sinks are called on that thread.
class Ear final : public ports::Channels {
public:
    explicit Ear(Sinks sinks);
    /// Ends every connection that is left.
    ~Ear() override;

    void connect(model::SocketRequest request) override;
    void stop(TaskId task, Attempt attempt) override;
    void send(TaskId task, Attempt attempt, std::vector<model::OutgoingMessage> messages) override;
    void close(TaskId task, Attempt attempt, model::CloseWord word) override;
    void answer_goodbye(TaskId task, Attempt attempt) override;
    void ping(TaskId task, Attempt attempt, std::uint64_t number) override;
    void allow(TaskId task, Attempt attempt, model::Bulk in_all) override;
    Result<UniqueFd> open_channel(TaskId task, const model::SocketTerms& terms) override;
    void forget(TaskId task) override;
    /// Breaks connections off whose own address is gone.
    void drop_stranded() { worker_.post(DropStranded{}); }

private:
    Worker worker_;
    std::thread thread_;
};

}  // namespace haul::websocket

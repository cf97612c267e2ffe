#include "websocket/ear.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "engine/curl_buffers.hpp"

namespace haul::websocket {

Ear::Ear(Sinks sinks)
    : worker_((engine::start_libcurl(), std::move(sinks))), thread_([this] { worker_.run(); }) {}

Ear::~Ear() {
    worker_.post(Quit{});
    thread_.join();
}

void Ear::connect(model::SocketRequest request) {
    worker_.post(Connect{std::move(request)});
}

void Ear::stop(TaskId task, Attempt attempt) {
    worker_.post(Tell{task, attempt, [](Line& line) { line.stop(); }});
}

void Ear::send(TaskId task, Attempt attempt, std::vector<model::OutgoingMessage> messages) {
    auto shared = std::make_shared<std::vector<model::OutgoingMessage>>(std::move(messages));
    worker_.post(Tell{task, attempt, [shared](Line& line) { line.send(std::move(*shared)); }});
}

void Ear::close(TaskId task, Attempt attempt, model::CloseWord word) {
    worker_.post(Tell{task, attempt, [word = std::move(word)](Line& line) { line.close(word); }});
}

void Ear::answer_goodbye(TaskId task, Attempt attempt) {
    worker_.post(Tell{task, attempt, [](Line& line) { line.answer_goodbye(); }});
}

void Ear::ping(TaskId task, Attempt attempt, std::uint64_t number) {
    worker_.post(Tell{task, attempt, [number](Line& line) { line.ping(number); }});
}

void Ear::allow(TaskId task, Attempt attempt, model::Bulk in_all) {
    worker_.post(Tell{task, attempt, [in_all](Line& line) { line.allow(in_all); }});
}

Result<UniqueFd> Ear::open_channel(TaskId task, const model::SocketTerms& terms) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail(ErrorCode::LimitExceeded, "no channel can be made: " + errno_text(errno));
    UniqueFd client{ends[0]};
    worker_.post(Attach{task, UniqueFd{ends[1]}, terms.max_message});
    return client;
}

void Ear::forget(TaskId task) {
    worker_.post(Forget{task});
}

}  // namespace haul::websocket

#include "haul/completion.hpp"

#include <iostream>
#include <utility>

#include "connection.hpp"

namespace haul {

Completion::Completion(std::weak_ptr<detail::Connection> connection, std::string session_path,
                       WakeNumber wake)
    : connection_(std::move(connection)), session_path_(std::move(session_path)), wake_(wake) {}

Completion::Completion(Completion&& other) noexcept
    : connection_(std::move(other.connection_)),
      session_path_(std::move(other.session_path_)),
      wake_(std::exchange(other.wake_, WakeNumber{})) {}

Completion& Completion::operator=(Completion&& other) noexcept {
    std::swap(connection_, other.connection_);
    std::swap(session_path_, other.session_path_);
    std::swap(wake_, other.wake_);
    return *this;
}

Completion::~Completion() {
    if (wake_.number == 0) return;
    std::cerr << "libhaul: the completion of wake " << wake_.number
              << " was dropped; it is completed all the same: call complete()\n";
    (void)complete();  // nobody is left to hear of an error; the daemon will launch the application again
}

Result<void> Completion::complete() {
    if (wake_.number == 0) return {};
    const auto connection = connection_.lock();
    if (!connection) {
        return tl::unexpected(Error{.code = ErrorCode::Disconnected,
                                    .message = "the connection that the wake came by is gone",
                                    .name = {}});
    }
    auto told = connection->on_session(
        session_path_, [&](detail::SessionProxy& session) { session.Complete(wake_.number); });
    const bool may_work_later = !told && (told.error().code == ErrorCode::Unreachable ||
                                          told.error().code == ErrorCode::Disconnected);
    if (!may_work_later) wake_ = {};
    return told;
}

}  // namespace haul

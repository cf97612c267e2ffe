#include "bus/connection.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include "base/log.hpp"

namespace haul::bus {
namespace {

constexpr int kCallsInOneTurn = 512;  // they share one commit; more would keep the others waiting

std::uint32_t to_epoll(short events) {
    return ((events & POLLIN) != 0 ? std::uint32_t{EPOLLIN} : 0U) |
           ((events & POLLOUT) != 0 ? std::uint32_t{EPOLLOUT} : 0U);
}

}  // namespace

Result<std::unique_ptr<sdbus::IConnection>> connect(const std::string& where) {
    try {
        if (where == "session") return sdbus::createSessionBusConnection();
        if (where == "system") return sdbus::createSystemBusConnection();
        return sdbus::createSessionBusConnectionWithAddress(where);
    } catch (const sdbus::Error& error) {
        return fail(ErrorCode::NotPermitted,
                    "can't connect to the " +
                        (where.find(':') == where.npos ? where + " bus" : "bus at " + where) + ": " +
                        error.getMessage());
    }
}

Connection::Connection(loop::EventLoop& loop, std::unique_ptr<sdbus::IConnection> connection,
                       std::function<void()> on_lost)
    : connection_(std::move(connection)),
      on_lost_(std::move(on_lost)),
      timer_(loop, loop::Timer::Kind::Elapsed, [this] { process(); }) {
    auto poll = connection_->getEventLoopPollData();
    io_ = std::make_unique<loop::IoSource>(loop, poll.fd, to_epoll(poll.events), [this] { process(); });
    io_->set_prepare([this] { prepare(); });
}

/// sd-bus says before each wait what it waits for (sd_bus_get_timeout(3)).
void Connection::prepare() {
    if (is_lost_) return;
    auto poll = connection_->getEventLoopPollData();
    io_->set_events(to_epoll(poll.events));
    if (auto timeout = poll.getRelativeTimeout())
        timer_.set_after(*timeout);
    else
        timer_.clear();
}

void Connection::process() {
    if (is_lost_) return;
    try {
        for (int i = 0; i < kCallsInOneTurn && connection_->processPendingRequest(); ++i) continue;
    } catch (const sdbus::Error& error) {
        is_lost_ = true;
        io_->disable();
        timer_.clear();
        log::error("bus: the connection is lost: {}", error.getMessage());
        on_lost_();
    }
}

Result<> Connection::request_name(const std::string& name) {
    try {
        connection_->requestName(name);
        return {};
    } catch (const sdbus::Error& error) {
        return fail(ErrorCode::LimitExceeded, "the bus name " + name +
                                                  " can't be taken: " + error.getMessage() +
                                                  "; is another hauld running on this bus?");
    }
}

void Connection::release_name(const std::string& name) {
    try {
        connection_->releaseName(name);
    } catch (const sdbus::Error& error) {
        log::debug("bus: {}", error.getMessage());
    }
    process();
}

}  // namespace haul::bus

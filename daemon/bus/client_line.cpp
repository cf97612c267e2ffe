#include "bus/client_line.hpp"

#include "base/log.hpp"

namespace haul::bus {
namespace {

constexpr int kAskAfter = 32;
constexpr int kHoldAfter = 128;
constexpr std::uint64_t kPatience = 24ULL * 3600 * 1'000'000;  // microseconds: a stopped client may come back

}  // namespace

ClientLine::ClientLine(sdbus::IConnection& connection, const std::string& client,
                       std::function<void()> on_alive)
    : peer_(sdbus::createProxy(connection, client, "/")), on_alive_(std::move(on_alive)) {}

bool ClientLine::take_credit() {
    if (unanswered_ >= kHoldAfter) return false;
    if (++unanswered_ >= kAskAfter && !is_asked_) ping();
    return true;
}

void ClientLine::ping() {
    is_asked_ = true;
    try {
        auto call = peer_->createMethodCall("org.freedesktop.DBus.Peer", "Ping");
        // An error is an answer too: it says that the client reads its messages.
        peer_->callMethod(
            call,
            [this](sdbus::MethodReply&, const sdbus::Error*) {
                bool was_held = unanswered_ >= kHoldAfter;
                unanswered_ = 0;
                is_asked_ = false;
                if (was_held) on_alive_();
            },
            kPatience);
    } catch (const sdbus::Error& error) {
        log::debug("bus: a client can't be pinged: {}", error.getMessage());
    }
}

}  // namespace haul::bus

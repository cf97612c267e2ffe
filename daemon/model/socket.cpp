#include "model/socket.hpp"

#include <utility>

#include "model/limits.hpp"
#include "model/retry.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

constexpr Duration kPingInterval = std::chrono::seconds{25};
constexpr Duration kPongTimeout = std::chrono::seconds{20};
constexpr Bytes kMessage = 1024 * 1024;
constexpr std::uint32_t kInboxMessages = 10'000;
constexpr Bytes kInboxBytes = 64 * 1024 * 1024;

}  // namespace

SocketTerms socket_terms(const Options& options) {
    return {.delivery = options.delivery.value_or(Delivery::Durable),
            .max_message = options.max_message.value_or(kMessage),
            .ping_interval = options.ping_interval.value_or(kPingInterval),
            .pong_timeout = options.pong_timeout.value_or(kPongTimeout),
            .overflow = options.overflow.value_or(Overflow::Wait),
            .inbox_messages = options.inbox_messages.value_or(kInboxMessages),
            .inbox_bytes = options.inbox_bytes.value_or(kInboxBytes),
            .subprotocols = options.subprotocols.value_or(std::vector<std::string>{}),
            .offers_deflate = options.compressed.value_or(false)};
}

Result<> check_socket_options(const Options& options) {
    auto terms = socket_terms(options);
    if (terms.delivery == Delivery::Durable && terms.max_message > kMaxDurableMessage)
        return fail(ErrorCode::InvalidArgument, "option \"max-message\" is at most " +
                                                    std::to_string(kMaxDurableMessage) +
                                                    " bytes with durable delivery: use live delivery");
    return {};
}

Fields message_details(Message message) {
    Fields details{{"type", std::string{message.is_text ? "text" : "binary"}}};
    if (message.is_text && fits_bus_string(message.body))
        details.push_back({"text", std::move(message.body)});
    else
        details.push_back({"data", Blob{message.body.begin(), message.body.end()}});
    return details;
}

Duration reconnect_delay(const Backoff& backoff, std::uint32_t failures, double jitter) {
    auto delay = doubled_delay(backoff, failures);
    return delay + spread(delay, 0.25 * jitter);
}

}  // namespace haul::model

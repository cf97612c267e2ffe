#include "haul/subscription.hpp"

#include <utility>

#include "connection.hpp"

namespace haul {

Subscription::Subscription(std::weak_ptr<detail::Connection> connection, std::uint64_t listener)
    : connection_(std::move(connection)), listener_(listener) {}

Subscription::Subscription(Subscription&& other) noexcept
    : connection_(std::move(other.connection_)), listener_(std::exchange(other.listener_, 0)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    std::swap(connection_, other.connection_);
    std::swap(listener_, other.listener_);
    return *this;
}

Subscription::~Subscription() {
    if (const auto connection = connection_.lock()) connection->forget(listener_);
}

}  // namespace haul

#pragma once

#include <cstdint>
#include <memory>

#include "haul/export.hpp"

namespace haul {

namespace detail {
class Connection;
}

/// Callbacks stay registered as long as this lives. It may be destroyed inside one of them.
class HAUL_API Subscription {
public:
    Subscription() = default;
    Subscription(std::weak_ptr<detail::Connection> connection, std::uint64_t listener);
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

private:
    std::weak_ptr<detail::Connection> connection_;
    std::uint64_t listener_ = 0;
};

}  // namespace haul

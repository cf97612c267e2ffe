#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "haul/export.hpp"

namespace haul {

namespace detail {
template <typename T>
class Slot;
}

/// What co_await gives the next value of a stream from: nothing where the stream has ended, or the stop token
/// said so while it waited. The coroutine goes on where the executor's callbacks run. One at a time for each
/// stream.
template <typename T>
class [[nodiscard]] HAUL_API Next {
public:
    Next(std::shared_ptr<detail::Slot<T>> slot, std::stop_token stop);
    Next(const Next&) = delete;
    Next& operator=(const Next&) = delete;
    ~Next();

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine);
    std::optional<T> await_resume();

private:
    std::shared_ptr<detail::Slot<T>> slot_;
    std::stop_token stop_;
    std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace haul

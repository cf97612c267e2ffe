#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "app/loop.hpp"

namespace haul::detail {

/// Where one coroutine waits for a value, the latest of which is kept until it is taken. Values come on the
/// loop's thread, where the coroutine is resumed too; to wait and to interrupt is free to all.
template <typename T>
class Slot : public std::enable_shared_from_this<Slot<T>> {
public:
    /// `on_wait`: called on the loop's thread each time that somebody has come for a value that is not there.
    explicit Slot(std::shared_ptr<Loop> loop, std::function<void()> on_wait = {})
        : loop_(std::move(loop)), on_wait_(std::move(on_wait)) {}

    void put(T value) {
        {
            const std::lock_guard lock(mutex_);
            value_.emplace(std::move(value));
            is_unhandled_ = true;
        }
        wake();
    }

    /// No more values come.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            is_closed_ = true;
        }
        wake();
    }

    bool is_closed() {
        const std::lock_guard lock(mutex_);
        return is_closed_;
    }

    /// Whether a value was put whose reader has not come back for another one.
    bool is_unhandled() {
        const std::lock_guard lock(mutex_);
        return is_unhandled_;
    }

    bool is_awaited() {
        const std::lock_guard lock(mutex_);
        return static_cast<bool>(waiting_);
    }

    /// False where there is no need to: something is there.
    bool wait(std::coroutine_handle<> coroutine) {
        const auto self = this->shared_from_this();  // the coroutine may be gone when this returns
        bool is_waiting = false;
        {
            const std::lock_guard lock(mutex_);
            if (value_) return false;
            is_unhandled_ = false;
            is_waiting = !is_closed_ && !is_interrupted_;
            if (is_waiting) waiting_ = coroutine;
        }
        if (on_wait_) loop_->post([self] { self->on_wait_(); });
        return is_waiting;
    }

    /// Ends the wait that is under way, or is about to begin, without a value.
    void interrupt() {
        {
            const std::lock_guard lock(mutex_);
            is_interrupted_ = true;
        }
        loop_->post([self = this->shared_from_this()] { self->wake(); });
    }

    /// What a wait ends with.
    std::optional<T> take() {
        const std::lock_guard lock(mutex_);
        is_interrupted_ = false;
        waiting_ = {};
        return std::exchange(value_, std::nullopt);
    }

    /// The coroutine is no more.
    void forget() {
        const std::lock_guard lock(mutex_);
        waiting_ = {};
    }

private:
    void wake() {
        std::coroutine_handle<> coroutine;
        {
            const std::lock_guard lock(mutex_);
            if (value_ || is_closed_ || is_interrupted_) coroutine = std::exchange(waiting_, {});
        }
        if (coroutine) coroutine.resume();
    }

    std::shared_ptr<Loop> loop_;
    std::function<void()> on_wait_;
    std::mutex mutex_;  ///< of what follows
    std::optional<T> value_;
    std::coroutine_handle<> waiting_;
    bool is_unhandled_ = false;
    bool is_closed_ = false;
    bool is_interrupted_ = false;
};

}  // namespace haul::detail

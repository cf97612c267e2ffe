#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace haul {

template <typename T = void>
class Async;

namespace detail {

/// What the promises of all Asyncs share: who waits for it, and what was thrown in it.
class AsyncPromise {
public:
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
        struct GoOn {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept { return next; }
            void await_resume() noexcept {}
            std::coroutine_handle<> next;
        };
        return GoOn{continuation ? continuation : std::noop_coroutine()};
    }
    void unhandled_exception() noexcept { thrown = std::current_exception(); }

    std::coroutine_handle<> continuation = {};
    std::exception_ptr thrown = {};
};

template <typename T>
struct ValuePromise : AsyncPromise {
    void return_value(T result) { value.emplace(std::move(result)); }
    T take() { return std::move(*value); }

    std::optional<T> value = {};
};

struct VoidPromise : AsyncPromise {
    void return_void() {}
    void take() {}
};

template <typename T>
struct PromiseOf {
    using type = ValuePromise<T>;
};
template <>
struct PromiseOf<void> {
    using type = VoidPromise;
};

}  // namespace detail

/// A coroutine that can wait for transfers: begins when it is awaited, or handed to Executor::run or
/// Executor::spawn, and goes on where the executor's callbacks run. What is thrown in it is thrown where it
/// is awaited. Destroying it destroys the coroutine where it stands; only on the executor's thread.
///
/// The awaitables of this library do as well in coroutines of other kinds.
template <typename T>
class [[nodiscard]] Async {
public:
    struct promise_type : detail::PromiseOf<T>::type {
        Async get_return_object() { return Async(std::coroutine_handle<promise_type>::from_promise(*this)); }
    };

    Async(Async&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    Async& operator=(Async&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    Async(const Async&) = delete;
    Async& operator=(const Async&) = delete;
    ~Async() {
        if (coroutine_) coroutine_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        coroutine_.promise().continuation = awaiting;
        return coroutine_;
    }
    T await_resume() {
        if (coroutine_.promise().thrown) std::rethrow_exception(coroutine_.promise().thrown);
        return coroutine_.promise().take();
    }

private:
    explicit Async(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}

    std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace haul

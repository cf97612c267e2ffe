#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

#include "haul/async.hpp"
#include "haul/error.hpp"
#include "haul/export.hpp"

namespace haul {

namespace detail {
class Loop;
}

/// Where callbacks run and coroutines go on: OwnThread or AppLoop.
///
/// Sessions, tasks and completions may be used from any thread: a call from another one than the executor's
/// is made there, behind the callback that runs, and waits for its answer.
class HAUL_API Executor {
public:
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Has this called there, behind what waits already. From any thread. What it throws ends the program.
    void post(std::function<void()> work) const;

    /// Begins a coroutine there, which then belongs to the executor, and is destroyed with it. What is thrown
    /// in it and not caught ends the program, as in a std::thread.
    void spawn(Async<> coroutine) const;

    /// Begins a coroutine there and returns what it returns, or throws what it throws; callbacks run
    /// meanwhile. Not from within a callback. std::future_error where the executor ends first.
    template <typename T>
    T run(Async<T> coroutine) const;

protected:
    explicit Executor(std::shared_ptr<detail::Loop> loop);
    Executor(Executor&& other) noexcept;
    Executor& operator=(Executor&& other) noexcept;
    ~Executor();

    /// Lets callbacks run until it is over, where they do not run by themselves.
    virtual void drive_until(const std::function<bool()>& is_over) const = 0;

    const std::shared_ptr<detail::Loop>& loop() const { return loop_; }

private:
    friend class Application;
    friend class Session;

    std::shared_ptr<detail::Loop> loop_;
};

/// A thread of the library's own for callbacks. Destroying it waits for the callback that runs, and ends
/// what the sessions on it still do; not from within a callback.
class HAUL_API OwnThread final : public Executor {
public:
    /// LimitExceeded where the process has no descriptors or threads left.
    static Result<OwnThread> start();

    OwnThread(OwnThread&&) noexcept;
    OwnThread& operator=(OwnThread&&) noexcept;
    ~OwnThread();

private:
    class Thread;
    OwnThread(std::shared_ptr<detail::Loop> loop, std::unique_ptr<Thread> thread);
    void drive_until(const std::function<bool()>&) const override {}

    std::unique_ptr<Thread> thread_;
};

/// The application's own loop, whatever it is made of: callbacks run from within dispatch.
///
/// All that the loop has to know is one descriptor, the same from beginning to end, which is readable while
/// something is due: poll(2), sd_event_add_io(3), g_unix_fd_add() and QSocketNotifier can wait for it.
class HAUL_API AppLoop final : public Executor {
public:
    /// LimitExceeded where the process has no descriptors left.
    static Result<AppLoop> open();

    AppLoop(AppLoop&&) noexcept;
    AppLoop& operator=(AppLoop&&) noexcept;
    ~AppLoop();

    /// To wait for until it is readable, and for nothing else. It stays this object's.
    int descriptor() const;
    /// Calls the callbacks that are due. Does not block, but in calls that these make, and while a daemon
    /// that was lost is looked for on behalf of one. The calling thread is the executor's from now on.
    void dispatch() const;

    /// For programs without another loop: blocks, and dispatches, until `is_over`.
    void run_until(const std::function<bool()>& is_over) const;

private:
    void drive_until(const std::function<bool()>& is_over) const override { run_until(is_over); }
    explicit AppLoop(std::shared_ptr<detail::Loop> loop);
};

namespace detail {

template <typename T>
Async<> keep_promise(Async<T> coroutine, std::promise<T> promise) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await coroutine;
            promise.set_value();
        } else {
            promise.set_value(co_await coroutine);
        }
    } catch (...) {
        promise.set_exception(std::current_exception());
    }
}

}  // namespace detail

template <typename T>
T Executor::run(Async<T> coroutine) const {
    std::promise<T> promise;
    auto result = promise.get_future();
    spawn(detail::keep_promise(std::move(coroutine), std::move(promise)));
    drive_until([&] { return result.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    return result.get();
}

}  // namespace haul

#include "haul/executor.hpp"

#include <string>
#include <system_error>
#include <thread>

#include "app/loop.hpp"

namespace haul {

namespace {

/// A coroutine that nobody waits for: it destroys itself at its end, or the loop does at its own.
struct Detached {
    struct promise_type {
        promise_type(detail::Loop& on, Async<>&) : loop(on) {}

        Detached get_return_object() {
            loop.adopt(std::coroutine_handle<promise_type>::from_promise(*this));
            return {};
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() { loop.disown(std::coroutine_handle<promise_type>::from_promise(*this)); }
        [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }

        detail::Loop& loop;
    };
};

Detached begin(detail::Loop&, Async<> coroutine) {
    co_await coroutine;
}

}  // namespace

Executor::Executor(std::shared_ptr<detail::Loop> loop) : loop_(std::move(loop)) {}
Executor::Executor(Executor&& other) noexcept = default;
Executor& Executor::operator=(Executor&& other) noexcept = default;
Executor::~Executor() = default;

void Executor::post(std::function<void()> work) const {
    loop_->post(std::move(work));
}

void Executor::spawn(Async<> coroutine) const {
    // std::function wants to copy.
    loop_->post([&loop = *loop_, coroutine = std::make_shared<Async<>>(std::move(coroutine))] {
        begin(loop, std::move(*coroutine));
    });
}

class OwnThread::Thread {
public:
    explicit Thread(const std::shared_ptr<detail::Loop>& loop) : loop_(loop) {
        loop->leave();
        thread_ = std::thread([loop] { loop->run(); });
    }
    ~Thread() {
        loop_->stop();
        thread_.join();
    }
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

private:
    std::shared_ptr<detail::Loop> loop_;
    std::thread thread_;
};

Result<OwnThread> OwnThread::start() {
    return detail::Loop::open().and_then([](const std::shared_ptr<detail::Loop>& loop) -> Result<OwnThread> {
        try {
            return OwnThread(loop, std::make_unique<Thread>(loop));
        } catch (const std::system_error& error) {
            return tl::unexpected(Error{.code = ErrorCode::LimitExceeded,
                                        .message = std::string("no thread can be started: ") + error.what(),
                                        .name = {}});
        }
    });
}

OwnThread::OwnThread(std::shared_ptr<detail::Loop> loop, std::unique_ptr<Thread> thread)
    : Executor(std::move(loop)), thread_(std::move(thread)) {}
OwnThread::OwnThread(OwnThread&&) noexcept = default;
OwnThread& OwnThread::operator=(OwnThread&&) noexcept = default;
OwnThread::~OwnThread() = default;

Result<AppLoop> AppLoop::open() {
    return detail::Loop::open().map([](const std::shared_ptr<detail::Loop>& loop) { return AppLoop(loop); });
}

AppLoop::AppLoop(std::shared_ptr<detail::Loop> loop) : Executor(std::move(loop)) {}
AppLoop::AppLoop(AppLoop&&) noexcept = default;
AppLoop& AppLoop::operator=(AppLoop&&) noexcept = default;

AppLoop::~AppLoop() {
    if (loop()) loop()->close();
}

int AppLoop::descriptor() const {
    return loop()->descriptor();
}

void AppLoop::dispatch() const {
    loop()->dispatch();
}

void AppLoop::run_until(const std::function<bool()>& is_over) const {
    while (!is_over()) {
        dispatch();
        if (!is_over()) loop()->wait();
    }
}

}  // namespace haul

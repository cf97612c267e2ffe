#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "haul/client.hpp"
#include "haul/error.hpp"
#include "haul/file.hpp"

namespace haul::detail {

/// Something with a descriptor that a Loop waits for. Called on the loop's thread alone.
class LoopSource {
public:
    /// What to wait for next; nothing: not for this source.
    virtual std::optional<PollRequest> poll_request() = 0;
    /// Its descriptor may be ready, or its time over. Does not block.
    virtual void on_ready() = 0;

protected:
    ~LoopSource() = default;
};

/// What an executor waits with: descriptors, timers and work from other threads behind one descriptor, an
/// epoll(7) instance, that is readable while something is due. One thread at a time dispatches it; to post
/// and to call is free to all.
class Loop {
public:
    using Clock = std::chrono::steady_clock;
    using Work = std::function<void()>;

    static Result<std::shared_ptr<Loop>> open();
    Loop(File epoll, File alarm, File bell);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    int descriptor() const { return epoll_.get(); }
    /// Does what is due, and not what that makes due. The calling thread is the loop's from now on. What work
    /// throws ends the program: nobody is there to hear of it.
    void dispatch() noexcept;
    /// Blocks until the descriptor is readable.
    void wait() const;
    /// Dispatches until `stop`; then nothing is accepted any more.
    void run();
    /// From any thread; also ends a pause.
    void stop();
    /// Takes no more work, and drops what waits and the coroutines that it has adopted: those who wait for an
    /// answer get an error.
    void close();
    /// The calling thread is not the loop's any more.
    void leave() { thread_ = std::thread::id(); }

    /// Has this done on the loop's thread, behind what was posted before; dropped where the loop is closed.
    void post(Work work);
    /// Does this on the loop's thread and returns what it returns, a Result: at once where that is the
    /// caller's, else when its turn has come. Disconnected where the loop is closed.
    template <typename Function>
    auto call(Function function) -> std::invoke_result_t<Function>;
    bool is_here() const { return thread_ == std::this_thread::get_id(); }

    /// Blocks the loop's thread for a delay between two tries; false where the loop is to stop.
    bool pause(std::chrono::milliseconds delay);

    /// Coroutines that belong to the loop, until they end. On the loop's thread.
    void adopt(std::coroutine_handle<> coroutine) { coroutines_.insert(coroutine.address()); }
    void disown(std::coroutine_handle<> coroutine) { coroutines_.erase(coroutine.address()); }

    void add(LoopSource& source);
    void remove(LoopSource& source);
    /// Before a source closes the descriptor that it has asked for.
    void release(LoopSource& source);

    /// A time that comes once. Belongs to the loop's thread.
    class Timer {
    public:
        Timer(Loop& loop, Work on_time) : loop_(loop), on_time_(std::move(on_time)) {}
        Timer(const Timer&) = delete;
        Timer& operator=(const Timer&) = delete;
        ~Timer() { clear(); }

        void set_after(Clock::duration delay);
        void clear();

    private:
        friend class Loop;
        Loop& loop_;
        Work on_time_;
        std::optional<Clock::time_point> time_;
    };

private:
    struct Entry {
        LoopSource* source;
        int descriptor = -1;
        std::uint32_t events = 0;
    };

    static Error closed_error();
    bool is_stopping();
    void ring() const;
    void run_timers();
    void run_posted();
    /// Makes the descriptor say what is due next.
    void arm();
    void watch(Entry& entry, int descriptor, std::uint32_t events) const;

    File epoll_;
    File alarm_;  ///< timerfd_create(2)
    File bell_;   ///< eventfd(2)
    std::atomic<std::thread::id> thread_ = std::this_thread::get_id();
    int depth_ = 0;  ///< of dispatches, on the loop's thread
    std::vector<Entry> sources_;
    std::multimap<Clock::time_point, Timer*> timers_;
    std::set<void*> coroutines_;  ///< their addresses: std::coroutine_handle has no order

    std::mutex mutex_;  ///< of what follows
    std::condition_variable stopping_;
    bool is_stopping_ = false;
    bool is_closed_ = false;
    std::vector<Work> posted_;
};

template <typename Function>
auto Loop::call(Function function) -> std::invoke_result_t<Function> {
    using Answer = std::invoke_result_t<Function>;
    if (is_here()) {
        auto answer = function();
        if (depth_ == 0) arm();  // a call may have left something to dispatch
        return answer;
    }
    auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    post([promise = std::move(promise), function = std::move(function)]() mutable {
        promise->set_value(function());
    });
    try {
        return answer.get();
    } catch (const std::future_error&) {
        return tl::unexpected(closed_error());
    }
}

}  // namespace haul::detail

#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "app/loop.hpp"
#include "connection.hpp"

namespace haul::detail {

/// Delays that double.
class Backoff {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
        : first_(first), longest_(longest), next_(first) {}

    std::chrono::milliseconds next() { return std::exchange(next_, std::min(next_ * 2, longest_)); }
    void reset() { next_ = first_; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds next_;
};

/// How often a bus, or a daemon, that is away is looked for.
inline Backoff make_search() {
    return {std::chrono::milliseconds(100), std::chrono::seconds(5)};
}

/// A connection to the bus that is made anew when it is lost, in a loop. Belongs to the loop's thread.
class Link final : public LoopSource {
public:
    /// What its owner hears of it.
    struct Owner {
        /// A new connection: from within whatever needed it.
        std::function<Result<void>(Connection&)> on_open;
        /// The connection is lost: from within whatever met that.
        std::function<void()> on_lost;
    };

    Link(std::shared_ptr<Loop> loop, Bus bus, std::chrono::milliseconds patience, Owner owner);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link();

    /// The connection there is, or a new one.
    Result<std::shared_ptr<Connection>> open();

    /// Makes a call, and again while the bus or the daemon is away, as long as patience lasts. `done_before`
    /// is the answer to a repeated call that means that it was carried out the first time.
    template <typename Call>
    auto perform(Call call, std::optional<ErrorCode> done_before = std::nullopt)
        -> std::invoke_result_t<Call, const std::shared_ptr<Connection>&>;

    std::optional<PollRequest> poll_request() override;
    void on_ready() override;

private:
    void lose();

    std::shared_ptr<Loop> loop_;
    Bus bus_;
    std::chrono::milliseconds patience_;
    Owner owner_;
    std::shared_ptr<Connection> connection_;
};

template <typename Call>
auto Link::perform(Call call, std::optional<ErrorCode> done_before)
    -> std::invoke_result_t<Call, const std::shared_ptr<Connection>&> {
    using Answer = std::invoke_result_t<Call, const std::shared_ptr<Connection>&>;
    const auto until = Loop::Clock::now() + patience_;
    auto search = make_search();
    for (bool is_repeated = false;; is_repeated = true) {
        const auto connection = open();
        auto answer = connection ? call(*connection) : Answer(tl::unexpected(connection.error()));
        if (answer) return answer;
        if constexpr (std::is_same_v<Answer, Result<void>>) {
            if (is_repeated && answer.error().code == done_before) return {};
        }
        if (!may_work_later(answer.error())) return answer;
        if (answer.error().code == ErrorCode::Disconnected) lose();
        // The first repetition comes at once: it starts a daemon that has crashed.
        const auto delay = is_repeated ? search.next() : std::chrono::milliseconds(0);
        if (Loop::Clock::now() + delay >= until || !loop_->pause(delay)) return answer;
    }
}

}  // namespace haul::detail

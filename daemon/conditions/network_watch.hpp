#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/unique_fd.hpp"
#include "loop/event_loop.hpp"

namespace haul::conditions {

/// Tells when this machine's links, addresses or routes have changed (rtnetlink(7)). The kernel speaks only
/// when something changes. Where it has no such socket for us, nothing is ever told.
class NetworkWatch {
public:
    /// Each is called at most once for a burst of changes, a moment after its first.
    struct Sinks {
        std::function<void()> on_change;
        std::function<void()> on_better;  ///< there are new addresses or routes; a longer moment
        std::function<void()> on_address_gone;
    };
    NetworkWatch(loop::EventLoop& loop, Sinks sinks);

    /// Whether the kernel has spoken since the last call of this.
    bool take_traffic() { return std::exchange(had_traffic_, false); }

private:
    /// From the first of what is told together to the telling.
    struct Moment {
        Moment(loop::EventLoop& loop, Duration length, std::function<void()> sink);
        void begin();

        Duration length;
        bool is_under_way = false;
        loop::Timer timer;
    };

    void on_news();

    UniqueFd socket_;
    bool had_traffic_ = false;
    Moment change_;
    Moment better_;
    Moment gone_;
    std::unique_ptr<loop::IoSource> source_;
};

}  // namespace haul::conditions

#pragma once

#include <functional>

#include "base/unique_fd.hpp"
#include "loop/event_loop.hpp"

namespace haul::conditions {

/// Tells when this machine has got an address or a route (rtnetlink(7)): what was not reached may be now. The
/// kernel speaks only when something changes. Where it has no such socket for us, nothing is ever told.
class NetworkWatch {
public:
    /// `on_better` is called once for each burst of changes, a moment after its first.
    NetworkWatch(loop::EventLoop& loop, std::function<void()> on_better);

private:
    void on_news();

    UniqueFd socket_;
    loop::Timer burst_;
    std::unique_ptr<loop::IoSource> source_;
};

}  // namespace haul::conditions

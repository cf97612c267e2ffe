#pragma once

#include <functional>
#include <map>
#include <string>

#include "loop/event_loop.hpp"
#include "ports/space.hpp"

namespace haul::conditions {

/// Whether there is room on disks where tasks wait for it. The kernel tells nobody, so they are looked at: a
/// second after one is added, and then less and less often, up to every 30 s; not at all where
/// nobody waits.
class FreeSpace final : public ports::Space {
public:
    struct Sinks {
        std::function<void()> on_change;  ///< of is_short
        std::function<void(const std::string& directory, Bytes room)> on_room;
    };
    FreeSpace(loop::EventLoop& loop, Sinks sinks);

    void watch(const std::string& directory, Bytes wanted) override;
    void forget(const std::string& directory) override;

    /// Whether there is a disk without room.
    bool is_short() const { return !enough_.empty(); }

private:
    void look();
    void look_after(Duration pause);

    Sinks sinks_;
    std::map<std::string, Bytes> enough_;  ///< by directory
    Duration pause_{};
    loop::Timer timer_;
};

}  // namespace haul::conditions

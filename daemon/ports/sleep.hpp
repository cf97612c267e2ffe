#pragma once

namespace haul::ports {

/// The machine's sleep, which can be held up for a moment, or prevented (logind's inhibitors).
class Sleep {
public:
    virtual ~Sleep() = default;

    /// Everything is on the disk: the machine that is about to be suspended need not wait any longer.
    virtual void allow() = 0;
    /// Whether to keep the machine from being suspended when nobody works at it.
    virtual void keep_awake(bool is_wanted) = 0;
};

}  // namespace haul::ports

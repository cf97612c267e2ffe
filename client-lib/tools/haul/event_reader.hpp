#pragma once

#include "console.hpp"
#include "haul/session_handle.hpp"

namespace haul::cli {

/// What becomes of events that were printed.
enum class Afterwards { Keep, Acknowledge };

/// Prints a session's events, each once, and acknowledges a page of them only after it was written out.
class EventReader {
public:
    EventReader(const Console& console, const SessionHandle& session, Afterwards afterwards);

    /// Prints everything that waits after what was printed before.
    Result<void> print_waiting();

private:
    void print(const Event& event) const;

    const Console& console_;
    const SessionHandle& session_;
    Afterwards afterwards_;
    EventNumber last_;
};

}  // namespace haul::cli

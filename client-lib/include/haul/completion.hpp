#pragma once

#include <functional>
#include <string_view>

#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

/// The completion handler of one wake, which is to be called exactly once, when the application is done with
/// what it was launched for. So it can be moved and not copied; one that is dropped completes all the same
/// and says so, since a wake that nobody completes is repeated for ever.
///
/// One that a Session's delegate or stream gave may be completed on any thread, and by a connection that was
/// made anew in the meantime; any other belongs to the thread of its Client.
class HAUL_API Completion {
public:
    /// Tells the daemon.
    using Call = std::function<Result<void>(WakeNumber wake)>;
    /// Tells people.
    using Warning = std::function<void(std::string_view text)>;

    /// Completes nothing.
    Completion() = default;
    Completion(WakeNumber wake, Call call, Warning warn);
    Completion(Completion&& other) noexcept;
    Completion& operator=(Completion&& other) noexcept;
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;
    ~Completion();

    /// 0 where no wake is outstanding, or this was completed or moved from.
    WakeNumber wake() const { return wake_; }

    /// Tells the daemon, where there is a wake. After an error of the kind Unreachable or Disconnected it may
    /// be called again. InvalidState where somebody else has completed the wake.
    Result<void> complete();

private:
    WakeNumber wake_;
    Call call_;
    Warning warn_;
};

}  // namespace haul

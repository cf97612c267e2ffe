#pragma once

#include <memory>
#include <string>

#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

namespace detail {
class Connection;
}

/// The completion handler of one wake, which is to be called exactly once, when the application is done with
/// what it was launched for. So it can be moved and not copied; one that is dropped completes all the same
/// and says so on standard error, since a wake that nobody completes is repeated for ever.
///
/// It belongs to the thread of its Client.
class HAUL_API Completion {
public:
    /// Completes nothing.
    Completion() = default;
    Completion(std::weak_ptr<detail::Connection> connection, std::string session_path, WakeNumber wake);
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
    std::weak_ptr<detail::Connection> connection_;
    std::string session_path_;
    WakeNumber wake_;
};

}  // namespace haul

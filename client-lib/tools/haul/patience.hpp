#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "haul/error.hpp"
#include "interrupt.hpp"

namespace haul::cli {

/// Asks the daemon, and asks again while it cannot be reached: a daemon that crashed, or is being upgraded,
/// comes back and knows everything that it had answered. After ten minutes, or an interrupt, the error
/// stands.
class Patience {
public:
    /// `note` is told when the daemon is gone, and when it is back.
    Patience(const Interrupt& interrupt, std::function<void(std::string_view)> note);

    /// `call` returns a Result and may be made more than once.
    template <typename Call>
    std::invoke_result_t<Call> ask(Call call) {
        while (true) {
            auto answer = call();
            if (answer || answer.error().code != ErrorCode::Unreachable) {
                on_answer();
                return answer;
            }
            if (!wait_for_another_try()) return answer;
        }
    }

    /// For the first call of a command: a daemon that is not there is an error at once; one that left in the
    /// middle of the call is asked again.
    template <typename Call>
    std::invoke_result_t<Call> ask_first(Call call) {
        auto answer = call();
        if (answer || answer.error().name != "org.freedesktop.DBus.Error.NoReply") return answer;
        return ask(std::move(call));
    }

private:
    void on_answer();
    bool wait_for_another_try();

    const Interrupt& interrupt_;
    std::function<void(std::string_view)> note_;
    std::optional<std::chrono::steady_clock::time_point> gone_since_;
};

}  // namespace haul::cli

#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "haul/bus.hpp"
#include "haul/options.hpp"

namespace haul {

/// What a Session is opened with.
struct SessionConfiguration {
    /// A session that lives on while the application does not: the same identifier is the same session, of
    /// this user, whatever became of the process that opened it. Unique to the application, such as
    /// "com.example.App.downloads".
    static SessionConfiguration background(std::string identifier) {
        SessionConfiguration configuration;
        configuration.identifier = std::move(identifier);
        return configuration;
    }

    std::string identifier = {};
    /// Defaults of the tasks that the session makes, and how the application is launched. They replace those
    /// that it had; without any it keeps them.
    SessionOptions options = {};
    Bus bus = Bus::session();
    /// How long a call tries again while the bus or the daemon is away, before it answers Disconnected or
    /// Unreachable. As long as one call over D-Bus may take by itself.
    std::chrono::milliseconds patience = std::chrono::seconds(25);
    /// Told what nobody else hears of: what a handler has thrown, a Completion that was dropped, on whatever
    /// thread that was. One line, without a newline; absent: it goes to standard error.
    std::function<void(std::string_view)> on_warning = {};
};

}  // namespace haul

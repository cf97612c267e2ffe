#pragma once

#include <haul/error.hpp>

#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

/// How the probes say something to who drives them: one JSON object in a line.
namespace haul::probe {

using Json = nlohmann::json;

/// Free for all threads.
inline void say(const Json& line) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::cout << line.dump() << std::endl;
}

inline void say_error(const char* what, const Error& error) {
    say({{"said", what}, {"error", to_string(error.code)}, {"text", error.message}});
}

template <typename T>
void say_outcome(const char* what, const Result<T>& outcome) {
    if (outcome)
        say({{"said", what}});
    else
        say_error(what, outcome.error());
}

/// What the last command came to.
template <typename T>
void say_outcome(const Result<T>& outcome) {
    say_outcome("done", outcome);
}

}  // namespace haul::probe

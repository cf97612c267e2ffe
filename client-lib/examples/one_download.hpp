#pragma once

#include <haul/haul.hpp>

#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

/// What the examples for loops have in common: one download whose progress and end are written to standard
/// output.
class OneDownload : public haul::SessionDelegate {
public:
    OneDownload(const haul::Executor& executor, const haul::Bus& bus, std::function<void()> on_over)
        : on_over_(std::move(on_over)) {
        auto configuration = haul::SessionConfiguration::background("org.example.Loop");
        configuration.bus = bus;
        auto session = haul::Session::open(executor, configuration);
        if (session)
            session_.emplace(std::move(*session));
        else
            complain(session.error());
    }

    /// False where it could not be begun, which is told.
    bool start(const std::string& url, const std::string& destination) {
        if (!session_) return false;
        const auto task = session_->attach(*this).and_then([&] {
            return session_->download(url, {.destination = destination,
                                            .if_exists = haul::IfExists::Replace,
                                            .start = haul::Start::AtOnce});
        });
        if (!task) complain(task.error());
        return task.has_value();
    }

    int exit_code() const { return exit_code_; }

private:
    static void complain(const haul::Error& error) {
        std::cerr << to_string(error.code) << ": " << error.message << '\n';
    }

    void on_progress(const haul::Task&, const haul::Progress& progress) override {
        std::cout << progress.done << " bytes\n";
    }

    void on_ended(const haul::Task&, const haul::Ending& ending) override {
        std::cout << (ending.is_success() ? "finished " + ending.path : "failed: " + ending.error_text)
                  << '\n';
        exit_code_ = ending.is_success() ? 0 : 1;
    }

    void on_all_events_delivered(haul::EventNumber, haul::Completion) override { on_over_(); }

    std::function<void()> on_over_;
    std::optional<haul::Session> session_;
    int exit_code_ = 1;
};

// An application that is not there while its downloads run, and is launched when they are done.
//
//   haul_example_woken URL...   asks for downloads, and leaves
//   haul_example_woken          is how org.example.HaulWoken.service starts it: handles what waits, and
//   leaves
//
// Files come to ~/.local/share/org.example.HaulWoken.
#include <haul/haul.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr const char* kName = "org.example.HaulWoken";  // on the bus, and of the session

std::filesystem::path home() {
    const char* const data = std::getenv("XDG_DATA_HOME");
    const char* const home = std::getenv("HOME");
    return std::filesystem::path(data ? data : std::string(home ? home : "") + "/.local/share") / kName;
}

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

int ask_for(const std::vector<std::string>& urls) {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    auto configuration = haul::SessionConfiguration::background(kName);
    configuration.options.bus_name = kName;
    const auto session = haul::Session::open(*loop, configuration);
    if (!session) return complain(session.error());
    const auto incoming = home() / "incoming";
    std::filesystem::create_directories(incoming);
    std::vector<haul::DownloadRequest> requests;
    for (const auto& url : urls) {
        requests.push_back(
            {.url = url, .options = {.destination = incoming.string() + "/", .start = haul::Start::AtOnce}});
    }
    const auto tasks = session->download_all(std::move(requests));
    return tasks ? 0 : complain(tasks.error());
}

/// What is done with the events that wait.
class Handler : public haul::SessionDelegate {
public:
    /// How it ended, once it has.
    const std::optional<haul::Result<void>>& outcome() const { return outcome_; }
    void end(haul::Result<void> how) { outcome_ = std::move(how); }

private:
    /// What it throws has the event come again. It may have moved the file before, and been killed then.
    void on_finished_downloading(const haul::DownloadTask& task, const haul::DownloadedFile& file) override {
        std::cerr << "task " << task.id().number << ": finished-downloading\n";
        if (std::filesystem::exists(file.path))
            std::filesystem::rename(file.path, home() / std::to_string(task.id().number));
    }

    void on_ended(const haul::Task& task, const haul::Ending& ending) override {
        std::cerr << "task " << task.id().number << ": "
                  << (ending.is_success() ? "completed" : ending.error_text) << '\n';
    }

    void on_all_events_delivered(haul::EventNumber, haul::Completion completion) override {
        end(completion.complete());
    }

    void on_detached(haul::Detachment) override { end({}); }

    std::optional<haul::Result<void>> outcome_;
};

int serve() {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    Handler handler;
    std::optional<haul::Session> session;
    const auto on_wake = [&](const std::string& identifier, haul::WakeNumber) {
        if (session) return;
        auto opened = haul::Session::open(*loop, haul::SessionConfiguration::background(identifier));
        if (!opened) return handler.end(tl::unexpected(opened.error()));
        session = std::move(*opened);
        if (auto attached = session->attach(handler); !attached) handler.end(attached);
    };
    const auto application = haul::Application::own(*loop, kName, on_wake);
    if (!application) return complain(application.error());
    loop->run_until([&] { return handler.outcome().has_value(); });
    return *handler.outcome() ? 0 : complain(handler.outcome()->error());
}

}  // namespace

int main(int argc, char** argv) {
    return argc > 1 ? ask_for({argv + 1, argv + argc}) : serve();
}

// An application that is not there while its downloads run, and is launched when they are done.
//
//   haul_example_woken BUS NAME DIRECTORY URL...   asks for downloads, and leaves
//   haul_example_woken BUS NAME DIRECTORY          is how its D-Bus service file starts it: handles what
//                                                  waits, moves the files into DIRECTORY, and leaves
#include <haul/haul.hpp>

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr const char* kSession = "downloads";

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

int ask_for(haul::SessionConfiguration configuration, const std::string& name,
            const std::filesystem::path& directory, const std::vector<std::string>& urls) {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    configuration.options.bus_name = name;
    const auto session = haul::Session::open(*loop, configuration);
    if (!session) return complain(session.error());
    const auto incoming = directory / ".incoming";
    std::filesystem::create_directories(incoming);
    std::vector<haul::DownloadRequest> requests;
    for (const auto& url : urls)
        requests.push_back(
            {.url = url, .options = {.destination = incoming.string() + "/", .start = haul::Start::AtOnce}});
    const auto tasks = session->download_all(std::move(requests));
    return tasks ? 0 : complain(tasks.error());
}

/// What is done with the events that wait.
class Handler : public haul::SessionDelegate {
public:
    explicit Handler(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// How it ended, once it has.
    const std::optional<haul::Result<void>>& outcome() const { return outcome_; }
    void end(haul::Result<void> how) { outcome_ = std::move(how); }

private:
    /// What it throws has the event come again. It may have moved the file before, and been killed then.
    void on_finished_downloading(const haul::DownloadTask& task, const haul::DownloadedFile& file) override {
        std::cerr << "task " << task.id().number << ": finished-downloading\n";
        if (std::filesystem::exists(file.path))
            std::filesystem::rename(file.path, directory_ / std::to_string(task.id().number));
    }

    void on_ended(const haul::Task& task, const haul::Ending& ending) override {
        std::cerr << "task " << task.id().number << ": "
                  << (ending.is_success() ? "completed" : ending.error_text) << '\n';
    }

    void on_all_events_delivered(haul::EventNumber, haul::Completion completion) override {
        end(completion.complete());
    }

    void on_detached(haul::Detachment) override { end({}); }

    std::filesystem::path directory_;
    std::optional<haul::Result<void>> outcome_;
};

int serve(const haul::SessionConfiguration& configuration, const std::string& name,
          const std::filesystem::path& directory) {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    Handler handler(directory);
    std::optional<haul::Session> session;
    const auto on_wake = [&](const std::string&, haul::WakeNumber) {
        if (session) return;
        auto opened = haul::Session::open(*loop, configuration);
        if (!opened) return handler.end(tl::unexpected(opened.error()));
        session = std::move(*opened);
        if (auto attached = session->attach(handler); !attached) handler.end(attached);
    };
    const auto application = haul::Application::own(*loop, name, on_wake, configuration.bus);
    if (!application) return complain(application.error());
    loop->run_until([&] { return handler.outcome().has_value(); });
    return *handler.outcome() ? 0 : complain(handler.outcome()->error());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: haul_example_woken BUS NAME DIRECTORY [URL...]\n";
        return 2;
    }
    auto configuration = haul::SessionConfiguration::background(kSession);
    configuration.bus = haul::Bus::parse(argv[1]);
    const auto directory = std::filesystem::absolute(argv[3]);
    if (argc > 4) return ask_for(configuration, argv[2], directory, {argv + 4, argv + argc});
    return serve(configuration, argv[2], directory);
}

// A model of downloads that others can observe, with a fraction and a state for each URL, fed by a session's
// delegate: haul_example_progress_tracker BUS DIRECTORY URL...
#include <haul/haul.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

enum class State { Downloading, Completed, Failed };

struct DownloadProgress {
    double fraction = 0;
    State state = State::Downloading;
};

/// What a window would show. Observers hear of each change, on the thread that makes it.
class DownloadTracker {
public:
    using Observer = std::function<void(const std::string& url, const DownloadProgress&)>;

    void observe(Observer observer) { observers_.push_back(std::move(observer)); }

    void add(const std::string& url) { change(url, {}); }
    void update(const std::string& url, double fraction) { change(url, {.fraction = fraction}); }
    void complete(const std::string& url) { change(url, {.fraction = 1, .state = State::Completed}); }
    void fail(const std::string& url) {
        change(url, {.fraction = downloads_[url].fraction, .state = State::Failed});
    }

    bool is_over() const {
        return std::ranges::none_of(
            downloads_, [](const auto& entry) { return entry.second.state == State::Downloading; });
    }

private:
    void change(const std::string& url, const DownloadProgress& progress) {
        downloads_[url] = progress;
        for (const auto& observer : observers_) observer(url, progress);
    }

    std::map<std::string, DownloadProgress> downloads_;
    std::vector<Observer> observers_;
};

/// Bridges what a session tells to the model.
class Bridge : public haul::SessionDelegate {
public:
    explicit Bridge(DownloadTracker& tracker) : tracker_(tracker) {}

    void add(const haul::Task& task, const std::string& url) {
        urls_[task.id()] = url;
        tracker_.add(url);
    }

private:
    void on_progress(const haul::Task& task, const haul::Progress& progress) override {
        const auto url = urls_.find(task.id());
        const auto fraction = progress.fraction();
        if (url != urls_.end() && fraction) tracker_.update(url->second, *fraction);
    }

    void on_ended(const haul::Task& task, const haul::Ending& ending) override {
        const auto url = urls_.find(task.id());
        if (url == urls_.end()) return;
        if (ending.is_success())
            tracker_.complete(url->second);
        else
            tracker_.fail(url->second);
        urls_.erase(url);
    }

    DownloadTracker& tracker_;
    std::map<haul::TaskId, std::string> urls_;
};

void show(const std::string& url, const DownloadProgress& progress) {
    const auto* const state = progress.state == State::Downloading ? "downloading"
                              : progress.state == State::Completed ? "completed"
                                                                   : "failed";
    std::cout << url << ' ' << static_cast<int>(progress.fraction * 100) << " % " << state << '\n';
}

int run(const haul::Bus& bus, const std::string& directory, const std::vector<std::string>& urls) {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    DownloadTracker tracker;
    tracker.observe(show);
    Bridge bridge(tracker);
    auto configuration = haul::SessionConfiguration::background("org.example.ProgressTracker");
    configuration.bus = bus;
    const auto session = haul::Session::open(*loop, configuration);
    if (!session) return complain(session.error());
    if (const auto attached = session->attach(bridge); !attached) return complain(attached.error());
    for (const auto& url : urls) {
        const auto task =
            session->download(url, {.destination = directory + "/", .start = haul::Start::AtOnce});
        if (!task) return complain(task.error());
        bridge.add(*task, url);
    }
    loop->run_until([&] { return tracker.is_over(); });
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: haul_example_progress_tracker BUS DIRECTORY URL...\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), std::filesystem::absolute(argv[2]), {argv + 3, argv + argc});
}

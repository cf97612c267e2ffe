// A manager of background downloads: asks for URLs, shows how far they are, and keeps what an interrupted one
// needs to go on. It may be killed at any time, and started again with or without URLs: the downloads go on
// meanwhile, and what happened in its absence is told when it is back.
//
//   haul_example_download_manager BUS DIRECTORY [URL...]
#include <haul/haul.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

class DownloadManager : public haul::SessionDelegate {
public:
    explicit DownloadManager(std::filesystem::path directory) : directory_(std::move(directory)) {
        std::filesystem::create_directories(resume_directory());
    }

    haul::Result<void> open(const haul::Executor& executor, const haul::Bus& bus) {
        auto configuration = haul::SessionConfiguration::background("org.example.DownloadManager");
        configuration.bus = bus;
        configuration.options.transfer.resource_timeout = std::chrono::hours(24);
        return haul::Session::open(executor, configuration).and_then([&](haul::Session&& session) {
            session_.emplace(std::move(session));
            return session_->attach(*this);
        });
    }

    haul::Result<void> start(const std::string& url) {
        return session_
            ->download(url, {.destination = incoming(),
                             .start = haul::Start::AtOnce,
                             .resume_data = take_resume_data(url)})
            .map([](const haul::DownloadTask&) {});
    }

    /// Returns when all is over, and everything that was told is handled.
    void wait() {
        if (is_idle()) end();
        over_.get_future().wait();
    }

private:
    std::filesystem::path resume_directory() const { return directory_ / ".resume"; }
    std::string incoming() const { return directory_.string() + "/"; }
    std::filesystem::path resume_file(const std::string& url) const {
        return resume_directory() / std::to_string(std::hash<std::string>()(url));
    }

    std::optional<std::vector<std::uint8_t>> take_resume_data(const std::string& url) const {
        std::ifstream file(resume_file(url), std::ios::binary);
        if (!file) return std::nullopt;
        std::vector<std::uint8_t> data{std::istreambuf_iterator<char>(file), {}};
        std::filesystem::remove(resume_file(url));
        return data;
    }

    void on_finished_downloading(const haul::DownloadTask&, const haul::DownloadedFile& file) override {
        std::cout << "downloaded " << file.path << '\n';
    }

    void on_progress(const haul::Task& task, const haul::Progress& progress) override {
        if (const auto fraction = progress.fraction())
            std::cout << "task " << task.id().number << ": " << static_cast<int>(*fraction * 100) << " %\n";
    }

    void on_ended(const haul::Task&, const haul::Ending& ending) override {
        if (ending.is_success()) return;
        std::cout << "failed " << ending.url << ": " << ending.error_text << '\n';
        if (!ending.resume_data) return;
        std::ofstream file(resume_file(ending.url), std::ios::binary);
        file.write(reinterpret_cast<const char*>(ending.resume_data->data()),
                   static_cast<std::streamsize>(ending.resume_data->size()));
        if (!file.flush()) throw std::runtime_error("cannot keep resume data");  // so this is told again
    }

    void on_all_events_delivered(haul::EventNumber, haul::Completion completion) override {
        if (auto done = completion.complete(); !done) complain(done.error());
        if (is_idle()) end();
    }

    /// Whether no task goes on, and no event waits.
    bool is_idle() const {
        const auto details = session_->details();
        if (!details || details->events > 0) return false;
        haul::TaskQuery query;
        for (;;) {
            const auto page = session_->tasks(query);
            if (!page) return false;
            if (page->empty()) return true;
            for (const auto& task : *page)
                if (!haul::has_ended(task.state)) return false;
            query.after = page->back().id;
        }
    }

    void end() {
        std::call_once(ends_once_, [this] { over_.set_value(); });
    }

    std::filesystem::path directory_;
    std::optional<haul::Session> session_;
    std::once_flag ends_once_;
    std::promise<void> over_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: haul_example_download_manager BUS DIRECTORY [URL...]\n";
        return 2;
    }
    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    DownloadManager manager(std::filesystem::absolute(argv[2]));
    if (const auto opened = manager.open(*thread, haul::Bus::parse(argv[1])); !opened)
        return complain(opened.error());
    for (int i = 3; i < argc; ++i) {
        if (const auto started = manager.start(argv[i]); !started) complain(started.error());
    }
    manager.wait();
    return 0;
}

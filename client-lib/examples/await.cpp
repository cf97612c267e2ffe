// Downloads URLs with coroutines, one after the other shown with its progress, or all together; ^C stops the
// wait and leaves the downloads to the daemon: haul_example_await BUS DIRECTORY URL...
#include <haul/haul.hpp>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

haul::Async<> show_progress(haul::DownloadTask task) {
    const auto stream = task.progress();
    while (const auto progress = co_await stream.next())
        std::cout << "task " << task.id().number << ": " << progress->done << " bytes\n";
}

haul::Async<int> download(const haul::Executor& executor, const haul::Session& session,
                          const std::string& directory, const std::vector<std::string>& urls,
                          std::stop_token stop) {
    if (const auto attached = session.attach(); !attached) co_return complain(attached.error());
    std::vector<haul::DownloadRequest> requests;
    for (const auto& url : urls)
        requests.push_back(
            {.url = url, .options = {.destination = directory + "/", .start = haul::Start::AtOnce}});
    const auto tasks = session.download_all(std::move(requests));
    if (!tasks) co_return complain(tasks.error());
    for (const auto& task : *tasks) executor.spawn(show_progress(task));

    int failed = 0;
    for (const auto& task : *tasks) {
        const auto ending = co_await task.ended(stop);
        if (!ending) co_return complain(ending.error());
        std::cout << "task " << task.id().number << ": "
                  << (ending->is_success() ? ending->path : ending->error_text) << '\n';
        if (!ending->is_success()) ++failed;
    }
    co_return failed;
}

int run(const haul::Bus& bus, const std::string& directory, const std::vector<std::string>& urls) {
    // Before there are other threads: the signal is for the one that waits for it.
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);

    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    auto configuration = haul::SessionConfiguration::background("org.example.Await");
    configuration.bus = bus;
    const auto session = haul::Session::open(*thread, configuration);
    if (!session) return complain(session.error());
    std::stop_source stop;
    std::jthread waiter([&] {
        int number = 0;
        sigwait(&interrupt, &number);
        stop.request_stop();
    });
    const int failed = thread->run(download(*thread, *session, directory, urls, stop.get_token()));
    pthread_kill(waiter.native_handle(), SIGINT);
    return failed;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: haul_example_await BUS DIRECTORY URL...\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), std::filesystem::absolute(argv[2]), {argv + 3, argv + argc});
}

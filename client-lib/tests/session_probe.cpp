// A program that does with a Session what it is told on standard input, one command in a line, and writes
// what the session tells, one JSON object in a line: haul_session_probe BUS IDENTIFIER thread|loop
// MILLISECONDS
#include <poll.h>
#include <unistd.h>
#include <haul/haul.hpp>

#include <array>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "probe_voice.hpp"

namespace {

using haul::probe::Json;
using haul::probe::say;
using haul::probe::say_error;
using haul::probe::say_outcome;

class Delegate : public haul::SessionDelegate {
public:
    int refusals = 0;  ///< how many more events throw
    bool is_holding = false;
    std::optional<haul::Completion> completion;
    std::string start_answer = "go";
    std::optional<haul::Credential> credential;
    std::size_t ended = 0;
    bool is_quiet = false;
    std::function<void(const haul::Task&)> on_end_of_task;

private:
    void take(const char* type, const haul::Task& task) {
        if (!is_quiet) say({{"said", "event"}, {"type", type}, {"task", task.id().number}});
        if (refusals > 0) {
            --refusals;
            throw std::runtime_error("not now");
        }
    }
    void on_finished_downloading(const haul::DownloadTask& task, const haul::DownloadedFile&) override {
        take("finished-downloading", task);
    }
    void on_ended(const haul::Task& task, const haul::Ending& ending) override {
        ++ended;
        take(std::string(to_string(ending.state)).c_str(), task);
        if (on_end_of_task) on_end_of_task(task);
    }
    std::optional<haul::Credential> on_challenge(const haul::Task& task,
                                                 const haul::Challenge& challenge) override {
        take(("challenge " + challenge.realm).c_str(), task);
        return credential;
    }
    haul::StartAnswer on_about_to_start(const haul::Task& task, const haul::StartQuestion&) override {
        take("about-to-start", task);
        if (start_answer == "go") return haul::StartAnswer::go_on();
        if (start_answer == "cancel") return haul::StartAnswer::cancel();
        if (start_answer == "later") return haul::StartAnswer::later();
        return haul::StartAnswer::replace_url(start_answer);
    }
    void on_waiting(const haul::Task& task, const haul::Hindrance& hindrance) override {
        take(("waiting " + hindrance.blocked_by.front()).c_str(), task);
    }
    void on_redirected(const haul::Task& task, const haul::Redirection&) override {
        take("redirected", task);
    }
    void on_resumed_from_zero(const haul::Task& task, const haul::Restart&) override {
        take("resumed-from-zero", task);
    }
    void on_other_event(const haul::Task& task, const haul::Event& event) override {
        take(event.type.c_str(), task);
    }
    void on_progress(const haul::Task& task, const haul::Progress& progress) override {
        say({{"said", "progress"}, {"task", task.id().number}, {"done", progress.done}});
    }
    void on_all_events_delivered(haul::EventNumber last, haul::Completion given) override {
        const Json line{
            {"said", "all"}, {"last", last.number}, {"wake", given.wake().number}, {"ended", ended}};
        if (is_holding && given.wake().number != 0) {
            completion = std::move(given);
            say(line);
        } else {
            say(line);
            say_outcome("completed", given.complete());
        }
    }
    void on_detached(haul::Detachment why) override {
        say({{"said", "detached"},
             {"why", why == haul::Detachment::TakenOver ? "taken-over" : "invalidated"}});
    }
};

haul::Async<> tell_end(haul::Task task, std::stop_token stop) {
    const auto ending = co_await task.ended(stop);
    if (!ending) {
        say_error("ended", ending.error());
        co_return;
    }
    say({{"said", "ended"}, {"task", task.id().number}, {"state", to_string(ending->state)}});
}

haul::Async<> tell_progress(haul::Task task) {
    const auto stream = task.progress();
    while (const auto progress = co_await stream.next())
        say({{"said", "streamed"}, {"task", task.id().number}, {"done", progress->done}});
    say({{"said", "stream over"}, {"task", task.id().number}});
}

/// Reads `count` deliveries, and then leaves the stream at the last of them.
haul::Async<> read_events(const haul::Session& session, int count) {
    const auto stream = session.events();
    if (!stream) {
        say_error("left", stream.error());
        co_return;
    }
    for (int i = 0; i < count; ++i) {
        auto delivery = co_await stream->next();
        if (!delivery) {
            say({{"said", "stream over"}});
            co_return;
        }
        if (const auto* event = std::get_if<haul::Event>(&*delivery))
            say({{"said", "read"}, {"type", event->type}, {"number", event->number.number}});
        else if (auto* all = std::get_if<haul::AllEventsDelivered>(&*delivery)) {
            say({{"said", "all"}, {"last", all->last.number}, {"wake", all->completion.wake().number}});
            say_outcome("completed", all->completion.complete());
        }
    }
    say({{"said", "left"}});
}

class Probe {
public:
    Probe(const haul::Executor& executor, haul::SessionConfiguration configuration)
        : executor_(executor), configuration_(std::move(configuration)) {
        configuration_.on_warning = [](std::string_view text) { say({{"said", "warning"}, {"text", text}}); };
    }

    haul::Result<void> open() {
        return haul::Session::open(executor_, configuration_).map([&](haul::Session&& session) {
            session_.emplace(std::move(session));
        });
    }

    /// False for the last one.
    bool carry_out(const std::string& line) {
        std::istringstream words(line);
        std::string verb;
        words >> verb;
        if (verb == "quit") return false;
        const auto command = commands_.find(verb);
        if (command == commands_.end()) throw std::runtime_error("no command " + verb);
        command->second(words);
        return true;
    }

private:
    using Command = std::function<void(std::istringstream&)>;

    static haul::TaskId id_in(std::istringstream& words) {
        haul::TaskId id;
        words >> id.number;
        return id;
    }

    /// On the executor's thread, where the delegate is at home.
    void set(std::function<void()> change) const {
        executor_.post([change = std::move(change)] {
            change();
            say({{"said", "done"}});
        });
    }

    haul::Async<haul::Completion> take_completion() { co_return std::move(*delegate_.completion); }

    void download(std::istringstream& words, const haul::DownloadOptions& options) const {
        std::string url;
        words >> url;
        const auto task = session_->download(url, options);
        if (task)
            say({{"said", "made"}, {"task", task->id().number}});
        else
            say_error("made", task.error());
    }

    void download_many(std::istringstream& words) const {
        std::size_t count = 0;
        std::string url;
        words >> count >> url;
        for (std::size_t i = 0; i < count; ++i) {
            const auto task = session_->download(url, {.start = haul::Start::AtOnce});
            if (!task) return say_error("made", task.error());
        }
        say({{"said", "made"}, {"tasks", count}});
    }

    const haul::Executor& executor_;
    haul::SessionConfiguration configuration_;
    Delegate delegate_;
    std::optional<haul::Session> session_;
    std::optional<haul::Application> application_;
    std::stop_source stop_;

    const std::map<std::string, Command> commands_{
        {"attach", [this](auto&) { say_outcome(session_->attach(delegate_)); }},
        {"take-over", [this](auto&) { say_outcome(session_->take_over(delegate_)); }},
        {"attach-nobody", [this](auto&) { say_outcome(session_->attach()); }},
        {"detach",
         [this](auto&) {
             session_->detach(), say({{"said", "done"}});
         }},
        {"download", [this](auto& words) { download(words, {.start = haul::Start::AtOnce}); }},
        {"suspended", [this](auto& words) { download(words, {}); }},
        {"ask",
         [this](auto& words) { download(words, {.start = haul::Start::AtOnce, .ask_before_start = true}); }},
        {"many", [this](auto& words) { download_many(words); }},
        {"resume", [this](auto& words) { say_outcome(session_->task(id_in(words)).resume()); }},
        {"cancel", [this](auto& words) { say_outcome(session_->task(id_in(words)).cancel()); }},
        {"remove", [this](auto& words) { say_outcome(session_->task(id_in(words)).remove()); }},
        {"invalidate", [this](auto&) { say_outcome(session_->invalidate(haul::Unfinished::Finish)); }},
        {"tasks",
         [this](auto&) {
             const auto tasks = session_->tasks();
             if (!tasks) return say_error("tasks", tasks.error());
             say({{"said", "tasks"}, {"count", tasks->size()}});
         }},
        {"refuse",
         [this](auto& words) {
             int count = 0;
             words >> count;
             set([this, count] { delegate_.refusals = count; });
         }},
        {"own",
         [this](auto& words) {
             std::string name;
             words >> name;
             say_outcome(
                 haul::Application::own(
                     executor_, name,
                     [](const std::string& identifier, haul::WakeNumber wake) {
                         say({{"said", "wake"}, {"identifier", identifier}, {"wake", wake.number}});
                     },
                     configuration_.bus)
                     .map([this](haul::Application&& owned) { application_.emplace(std::move(owned)); }));
         }},
        {"quiet", [this](auto&) { set([this] { delegate_.is_quiet = true; }); }},
        {"hold", [this](auto&) { set([this] { delegate_.is_holding = true; }); }},
        // Taken where the delegate is at home, and completed here.
        {"complete", [this](auto&) { say_outcome(executor_.run(take_completion()).complete()); }},
        {"drop", [this](auto&) { set([this] { delegate_.completion.reset(); }); }},
        {"leave-at-end",
         [this](auto&) {
             set([this] { delegate_.on_end_of_task = [this](const haul::Task&) { session_->detach(); }; });
         }},
        {"answer-start",
         [this](auto& words) {
             std::string answer;
             words >> answer;
             set([this, answer] { delegate_.start_answer = answer; });
         }},
        {"answer-challenge",
         [this](auto& words) {
             haul::Credential credential;
             words >> credential.user >> credential.secret;
             set([this, credential] { delegate_.credential = credential; });
         }},
        {"await",
         [this](auto& words) { executor_.spawn(tell_end(session_->task(id_in(words)), stop_.get_token())); }},
        {"stop", [this](auto&) { stop_.request_stop(); }},
        {"follow", [this](auto& words) { executor_.spawn(tell_progress(session_->task(id_in(words)))); }},
        {"read",
         [this](auto& words) {
             int count = 0;
             words >> count;
             executor_.spawn(read_events(*session_, count));
         }},
    };
};

/// The next line of standard input, without its end; nothing at the end of the file.
std::optional<std::string> read_line(std::string& buffer) {
    for (;;) {
        if (const auto end = buffer.find('\n'); end != std::string::npos) {
            auto line = buffer.substr(0, end);
            buffer.erase(0, end + 1);
            return line;
        }
        std::array<char, 4096> piece{};
        const auto length = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (length <= 0) return std::nullopt;
        buffer.append(piece.data(), static_cast<std::size_t>(length));
    }
}

int open(Probe& probe) {
    const auto opened = probe.open();
    if (opened)
        say({{"said", "open"}});
    else
        say_error("open", opened.error());
    return opened ? 0 : 1;
}

int run_in_thread(const haul::SessionConfiguration& configuration) {
    const auto thread = haul::OwnThread::start();
    Probe probe(*thread, configuration);
    if (open(probe) != 0) return 1;
    std::string buffer;
    for (auto line = read_line(buffer); line && probe.carry_out(*line); line = read_line(buffer)) {
    }
    return 0;
}

int run_in_loop(const haul::SessionConfiguration& configuration) {
    const auto loop = haul::AppLoop::open();
    Probe probe(*loop, configuration);
    if (open(probe) != 0) return 1;
    std::string buffer;
    for (;;) {
        std::array<pollfd, 2> ready{pollfd{.fd = loop->descriptor(), .events = POLLIN, .revents = 0},
                                    pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}};
        ::poll(ready.data(), ready.size(), -1);
        if (ready[0].revents != 0) loop->dispatch();
        if (ready[1].revents == 0) continue;
        do {
            const auto line = read_line(buffer);
            if (!line || !probe.carry_out(*line)) return 0;
        } while (!buffer.empty());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: haul_session_probe BUS IDENTIFIER thread|loop MILLISECONDS\n";
        return 2;
    }
    auto configuration = haul::SessionConfiguration::background(argv[2]);
    configuration.bus = haul::Bus::parse(argv[1]);
    configuration.patience = std::chrono::milliseconds(std::stoi(argv[4]));
    return std::string(argv[3]) == "thread" ? run_in_thread(configuration) : run_in_loop(configuration);
}

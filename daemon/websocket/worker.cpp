#include "websocket/worker.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/open_sockets.hpp"

namespace haul::websocket {
namespace {

// What epoll's u64 stands for: the upper bits say which kind, the others which one.
constexpr std::uint64_t kKind = 3ULL << 62U;
constexpr std::uint64_t kBell = 0;
constexpr std::uint64_t kSocket = 1ULL << 62U;
constexpr std::uint64_t kChannel = 2ULL << 62U;
constexpr std::size_t kEvents = 256;
constexpr std::chrono::seconds kTrimDelay{2};
constexpr std::int64_t kForever = 24LL * 3600 * 1000;  // milliseconds

Line* line_of(CURL* easy) {
    Line* line = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &line);
    return line;
}

}  // namespace

Worker::Worker(Sinks sinks)
    : sinks_(std::move(sinks)), epoll_(::epoll_create1(EPOLL_CLOEXEC)), multi_(epoll_.get(), kSocket) {
    epoll_event bell{.events = EPOLLIN, .data = {.u64 = kBell}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_.fd(), &bell);
}

void Worker::run() {
    std::array<epoll_event, kEvents> events{};
    while (true) {
        int count = ::epoll_wait(epoll_.get(), events.data(), kEvents, wait_time());
        for (int i = 0; i < count; ++i) serve(events[static_cast<std::size_t>(i)]);
        if (!serve_commands()) break;
        auto now = std::chrono::steady_clock::now();
        multi_.on_time(now);
        for (auto* easy : multi_.take_quiet()) line_of(easy)->on_quiet();
        finish_lines();
        for (auto& [task, line] : lines_) line->on_time(now);
        if (trim_at_ && *trim_at_ <= now) {
            trim_at_.reset();
            ::malloc_trim(0);
        }
        settle();
    }
    for (auto& [task, line] : lines_) line->stop();
    settle();
    lines_.clear();
    channels_.clear();
}

int Worker::wait_time() const {
    auto next = std::min(multi_.next_time().value_or(Instant::max()), trim_at_.value_or(Instant::max()));
    for (const auto& [task, line] : lines_) next = std::min(next, line->next_time());
    if (next == Instant::max()) return -1;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kForever));
}

void Worker::serve(const epoll_event& event) {
    auto which = event.data.u64 & ~kKind;
    if ((event.data.u64 & kKind) == kSocket) {
        multi_.on_ready(static_cast<int>(which), event.events);
    } else if ((event.data.u64 & kKind) == kChannel) {
        auto found = channels_.find({which});
        if (found == channels_.end()) return;
        found->second.is_hung_up |= (event.events & (EPOLLHUP | EPOLLERR)) != 0;
        if ((event.events & EPOLLOUT) != 0) found->second.channel->flush();
    }
}

bool Worker::serve_commands() {
    for (auto& command : mailbox_.take_all()) {
        if (auto* begin = std::get_if<Connect>(&command)) {
            connect(std::move(begin->request));
        } else if (auto* word = std::get_if<Tell>(&command)) {
            auto* line = find(word->task);
            if (line && line->attempt() == word->attempt) word->what(*line);
        } else if (auto* channel = std::get_if<Attach>(&command)) {
            attach(std::move(*channel));
        } else if (auto* end = std::get_if<Forget>(&command)) {
            forget(*end);
        } else if (std::holds_alternative<DropStranded>(command)) {
            engine::open_sockets::drop_stranded();
        } else {
            return false;
        }
    }
    return true;
}

void Worker::connect(model::SocketRequest request) {
    auto task = request.transfer.task;
    auto* pool =
        pools_.of({.owner = request.transfer.owner, .is_background = request.transfer.is_background});
    trim_at_ = std::chrono::steady_clock::now() + kTrimDelay;
    auto& line = lines_[task];
    line = std::make_unique<Line>(std::move(request), pool, multi_, sinks_);
    line->set_channel(find_channel(task));
    line->start();
}

void Worker::attach(Attach command) {
    drop_channel(command.task);
    auto& entry = channels_[command.task];
    entry.channel = std::make_unique<Channel>(std::move(command.socket), command.max_message);
    epoll_event event{.events = 0, .data = {.u64 = kChannel | command.task.value}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, entry.channel->fd(), &event);
    if (auto* line = find(command.task)) line->set_channel(entry.channel.get());
}

void Worker::forget(const Forget& command) {
    auto found = channels_.find(command.task);
    if (found != channels_.end()) found->second.is_ending = true;
}

Line* Worker::find(TaskId task) {
    auto found = lines_.find(task);
    return found == lines_.end() ? nullptr : found->second.get();
}

Channel* Worker::find_channel(TaskId task) {
    auto found = channels_.find(task);
    return found == channels_.end() ? nullptr : found->second.channel.get();
}

void Worker::finish_lines() {
    for (auto [easy, code] = multi_.take_done(); easy; std::tie(easy, code) = multi_.take_done()) {
        line_of(easy)->on_done(code);
    }
}

/// Every line tells what it has to, and every channel is read as far as its line takes more.
void Worker::settle() {
    for (auto& [task, entry] : channels_) read_channel(task);
    for (auto& [task, line] : lines_) line->settle();
    std::erase_if(lines_, [](const auto& entry) { return entry.second->is_over(); });
    for (auto next = channels_.begin(); next != channels_.end();) {
        auto& [task, entry] = *next++;
        auto& channel = *entry.channel;
        channel.flush();
        if (auto* line = find(task)) line->settle();  // which may read on, now that there is room
        if (channel.is_over() || (entry.is_ending && !channel.has_output()))
            drop_channel(task);
        else
            watch(task, entry);
    }
}

void Worker::read_channel(TaskId task) {
    const auto& entry = channels_.find(task)->second;
    auto* line = find(task);
    auto& channel = *entry.channel;
    do {
        if (!line || !line->takes_more() || channel.is_over()) return;
        line->take_frames(channel.read());
    } while (entry.is_hung_up);
}

/// Asks epoll for what concerns the channel now. Of one that is hung up it would tell again and again.
void Worker::watch(TaskId task, OpenChannel& entry) {
    auto* line = find(task);
    std::uint32_t events = entry.channel->has_output() ? std::uint32_t{EPOLLOUT} : 0U;
    if (line && line->takes_more()) events |= EPOLLIN;
    if (entry.is_hung_up) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry.channel->fd(), nullptr);
    } else if (events != entry.events) {
        entry.events = events;
        epoll_event event{.events = events, .data = {.u64 = kChannel | task.value}};
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, entry.channel->fd(), &event);
    }
}

/// What its client did not get is news of the line again.
void Worker::drop_channel(TaskId task) {
    auto found = channels_.find(task);
    if (found == channels_.end()) return;
    if (auto* line = find(task)) {
        line->set_channel(nullptr);
        line->settle();
    }
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.channel->fd(), nullptr);
    channels_.erase(found);
}

}  // namespace haul::websocket

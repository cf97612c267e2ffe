#include "haul/session.hpp"

#include <array>
#include <cstdio>
#include <random>
#include <utility>

#include "app/consumers.hpp"
#include "app/session_core.hpp"

namespace haul {

namespace {

using detail::DelegateConsumer;
using detail::Rival;
using detail::SessionCore;
using detail::StreamConsumer;

/// A token that nobody else has: 128 random bits.
std::string make_token() {
    std::random_device random;
    std::string token = "libhaul-";
    for (int i = 0; i < 4; ++i) {
        std::array<char, 9> digits{};
        std::snprintf(digits.data(), digits.size(), "%08x", random());
        token += digits.data();
    }
    return token;
}

template <typename Options>
void ensure_token(Options& options) {
    if (!options.token) options.token = make_token();
}

/// Makes one task; `create` takes the SessionHandle.
template <typename Made, typename Create>
Result<Made> make(const std::shared_ptr<SessionCore>& core, Create create) {
    return core->on_session([&](const SessionHandle& session) {
        return create(session).map([&](const TaskHandle& task) {
            core->on_made(task.id());
            return Made(core, task.id());
        });
    });
}

/// The application's own, which outlives its attachment.
std::shared_ptr<SessionDelegate> borrow(SessionDelegate& delegate) {
    return {std::shared_ptr<SessionDelegate>(), &delegate};
}

}  // namespace

EventStream::EventStream(std::shared_ptr<SessionCore> core, std::shared_ptr<detail::Slot<Delivery>> slot)
    : core_(std::move(core)), slot_(std::move(slot)) {}

EventStream& EventStream::operator=(EventStream&& other) noexcept {
    std::swap(core_, other.core_);
    std::swap(slot_, other.slot_);
    return *this;
}

EventStream::~EventStream() {
    // One that has ended is not the session's any more, which may be attached otherwise.
    if (core_ && !slot_->is_closed()) core_->end();
}

Next<Delivery> EventStream::next(std::stop_token stop) const {
    return {slot_, std::move(stop)};
}

Session::Session(std::shared_ptr<SessionCore> core) : core_(std::move(core)) {}

Result<Session> Session::open(const Executor& executor, SessionConfiguration configuration) {
    return SessionCore::open(executor.loop(), std::move(configuration))
        .map([](std::shared_ptr<SessionCore>&& core) { return Session(std::move(core)); });
}

Session& Session::operator=(Session&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

Session::~Session() {
    if (core_) core_->end();
}

const std::string& Session::identifier() const {
    return core_->identifier();
}

Result<DownloadTask> Session::download(std::string_view url, DownloadOptions options) const {
    ensure_token(options);
    return make<DownloadTask>(
        core_, [&](const SessionHandle& session) { return session.create_download(url, options); });
}

Result<std::vector<DownloadTask>> Session::download_all(std::vector<DownloadRequest> requests) const {
    for (auto& request : requests) ensure_token(request.options);
    return core_->on_session([&](const SessionHandle& session) {
        return session.create_downloads(requests).map([&](const std::vector<TaskHandle>& made) {
            std::vector<DownloadTask> tasks;
            tasks.reserve(made.size());
            for (const auto& task : made) {
                core_->on_made(task.id());
                tasks.emplace_back(core_, task.id());
            }
            return tasks;
        });
    });
}

Result<UploadTask> Session::upload(std::string_view url, const std::filesystem::path& file,
                                   UploadOptions options) const {
    ensure_token(options);
    return make<UploadTask>(
        core_, [&](const SessionHandle& session) { return session.create_upload(url, file, options); });
}

Result<UploadTask> Session::upload(std::string_view url, UploadOptions options) const {
    return upload(url, std::filesystem::path(), std::move(options));
}

Result<WebSocketTask> Session::web_socket(std::string_view url, WebSocketOptions options) const {
    ensure_token(options);
    return make<WebSocketTask>(
        core_, [&](const SessionHandle& session) { return session.create_web_socket(url, options); });
}

Result<std::vector<TaskSummary>> Session::tasks(const TaskQuery& query) const {
    return core_->on_session([&](const SessionHandle& session) { return session.tasks(query); });
}

Task Session::task(TaskId id) const {
    return {core_, id};
}

Result<SessionDetails> Session::details() const {
    return core_->on_session([](const SessionHandle& session) { return session.details(); });
}

Result<void> Session::attach(SessionDelegate& delegate) const {
    return core_->begin(std::make_unique<DelegateConsumer>(core_, borrow(delegate)), Rival::Keep);
}

Result<void> Session::take_over(SessionDelegate& delegate) const {
    return core_->begin(std::make_unique<DelegateConsumer>(core_, borrow(delegate)), Rival::Replace);
}

Result<void> Session::attach() const {
    return core_->begin(std::make_unique<DelegateConsumer>(core_, std::make_shared<SessionDelegate>()),
                        Rival::Keep);
}

Result<EventStream> Session::events() const {
    const auto slot = std::make_shared<detail::Slot<Delivery>>(core_->loop(), [weak = std::weak_ptr(core_)] {
        if (const auto core = weak.lock()) core->on_ready();
    });
    return core_->begin(std::make_unique<StreamConsumer>(slot), Rival::Keep).map([&] {
        return EventStream(core_, slot);
    });
}

void Session::detach() const {
    core_->end();
}

Result<void> Session::invalidate(Unfinished tasks) const {
    return core_->invalidate(tasks);
}

}  // namespace haul

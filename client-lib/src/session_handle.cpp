#include "haul/session_handle.hpp"

#include <iostream>
#include <utility>
#include <variant>

#include "connection.hpp"
#include "decode.hpp"
#include "encode.hpp"
#include "text.hpp"

namespace haul {

namespace {

using detail::SessionProxy;

/// Rows of the bus to values of this library; the first that is not understood is the error.
template <typename T, typename Rows, typename Decode>
Result<std::vector<T>> decode_rows(const Rows& rows, Decode decode) {
    std::vector<T> values;
    values.reserve(rows.size());
    for (const auto& row : rows) {
        Result<T> value = decode(row);
        if (!value) return tl::unexpected(std::move(value.error()));
        values.push_back(std::move(*value));
    }
    return values;
}

const DownloadOptions& options_of(const DownloadRequest& request) {
    return request.options;
}

/// The file stands among its options.
const UploadRequest& options_of(const UploadRequest& request) {
    return request;
}

/// The subprotocols stand among its options.
const WebSocketRequest& options_of(const WebSocketRequest& request) {
    return request;
}

Result<void> check_subprotocols(const std::vector<std::string>& subprotocols) {
    for (const auto& subprotocol : subprotocols) {
        if (auto checked = detail::check_text("subprotocol", subprotocol); !checked) return checked;
    }
    return {};
}

template <typename Request>
Result<std::vector<TaskHandle>> create_many(const std::shared_ptr<detail::Connection>& connection,
                                            const std::string& session_path, TaskKind kind,
                                            const std::vector<Request>& requests) {
    std::vector<sdbus::Struct<std::string, std::string, detail::Variants>> rows;
    rows.reserve(requests.size());
    for (const auto& request : requests) {
        auto variants = detail::check_text("URL", request.url).and_then([&] {
            return detail::encode(options_of(request));
        });
        if (!variants) return tl::unexpected(std::move(variants.error()));
        rows.emplace_back(std::string(to_string(kind)), request.url, std::move(*variants));
    }
    return connection
        ->on_session(session_path, [&](SessionProxy& session) { return session.CreateMany(rows); })
        .and_then([&](const auto& paths) {
            return decode_rows<TaskHandle>(
                paths, [&](const std::string& path) { return detail::to_task(connection, path); });
        });
}

Completion make_completion(const std::weak_ptr<detail::Connection>& connection, const std::string& path,
                           WakeNumber number) {
    return {number,
            [connection, path](WakeNumber wake) -> Result<void> {
                if (const auto there = connection.lock())
                    return SessionHandle(there, {}, path).complete(wake);
                return tl::unexpected(Error{.code = ErrorCode::Disconnected,
                                            .message = "the connection that the wake came by is gone",
                                            .name = {}});
            },
            [](std::string_view text) { std::cerr << "libhaul: " << text << '\n'; }};
}

}  // namespace

SessionHandle::SessionHandle(std::shared_ptr<detail::Connection> connection, std::string identifier,
                             std::string path)
    : connection_(std::move(connection)), identifier_(std::move(identifier)), path_(std::move(path)) {}

Result<TaskHandle> SessionHandle::create_download(std::string_view url,
                                                  const DownloadOptions& options) const {
    return detail::check_text("URL", url)
        .and_then([&] { return detail::encode(options); })
        .and_then([&](const detail::Variants& variants) {
            return connection_->on_session(path_, [&](SessionProxy& session) -> std::string {
                return session.CreateDownload(std::string(url), variants);
            });
        })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); });
}

Result<std::vector<TaskHandle>> SessionHandle::create_downloads(
    const std::vector<DownloadRequest>& requests) const {
    return create_many(connection_, path_, TaskKind::Download, requests);
}

Result<TaskHandle> SessionHandle::create_upload(std::string_view url, const std::filesystem::path& file,
                                                const UploadOptions& options) const {
    return detail::check_text("URL", url)
        .and_then([&] { return detail::check_text("file's path", file.string()); })
        .and_then([&] { return detail::encode(options); })
        .and_then([&](const detail::Variants& variants) {
            return connection_->on_session(path_, [&](SessionProxy& session) -> std::string {
                return session.CreateUpload(std::string(url), file.string(), variants);
            });
        })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); });
}

Result<TaskHandle> SessionHandle::create_upload(std::string_view url, const File& file,
                                                const UploadOptions& options) const {
    auto complete = options;
    complete.file_descriptor = file.get();
    return create_upload(url, complete);
}

Result<TaskHandle> SessionHandle::create_upload(std::string_view url, const UploadOptions& options) const {
    return create_upload(url, std::filesystem::path(), options);
}

Result<std::vector<TaskHandle>> SessionHandle::create_uploads(
    const std::vector<UploadRequest>& requests) const {
    return create_many(connection_, path_, TaskKind::Upload, requests);
}

Result<WebSocketHandle> SessionHandle::create_web_socket(std::string_view url,
                                                         const WebSocketOptions& options) const {
    return detail::check_text("URL", url)
        .and_then([&] { return check_subprotocols(options.subprotocols); })
        .and_then([&] { return detail::encode(options); })
        .and_then([&](const detail::Variants& variants) {
            return connection_->on_session(path_, [&](SessionProxy& session) -> std::string {
                return session.CreateWebSocket(std::string(url), options.subprotocols, variants);
            });
        })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); })
        .map([](TaskHandle&& task) { return WebSocketHandle(std::move(task)); });
}

Result<std::vector<WebSocketHandle>> SessionHandle::create_web_sockets(
    const std::vector<WebSocketRequest>& requests) const {
    return create_many(connection_, path_, TaskKind::WebSocket, requests)
        .map([](std::vector<TaskHandle>&& tasks) {
            std::vector<WebSocketHandle> sockets;
            sockets.reserve(tasks.size());
            for (auto& task : tasks) sockets.emplace_back(std::move(task));
            return sockets;
        });
}

Result<std::vector<TaskSummary>> SessionHandle::tasks(const TaskQuery& query) const {
    const auto state = std::string(query.state ? to_string(*query.state) : std::string_view());
    return connection_
        ->on_session(
            path_,
            [&](SessionProxy& session) { return session.ListTasks(state, query.after.number, query.max); })
        .and_then([](const auto& rows) { return decode_rows<TaskSummary>(rows, detail::to_task_summary); });
}

Result<std::vector<WaitingTask>> SessionHandle::waiting(const WaitingQuery& query) const {
    return connection_
        ->on_session(
            path_, [&](SessionProxy& session) { return session.ListWaiting(query.after.number, query.max); })
        .and_then([](const auto& rows) { return decode_rows<WaitingTask>(rows, detail::to_waiting_task); });
}

Result<std::vector<Event>> SessionHandle::events(const EventQuery& query) const {
    return connection_
        ->on_session(path_,
                     [&](SessionProxy& session) { return session.GetEvents(query.after.number, query.max); })
        .and_then([](const auto& rows) { return decode_rows<Event>(rows, detail::to_event); });
}

Result<void> SessionHandle::acknowledge(EventNumber last) const {
    return connection_->on_session(path_, [&](SessionProxy& session) { session.Acknowledge(last.number); });
}

Result<void> SessionHandle::complete(WakeNumber wake) const {
    return connection_->on_session(path_, [&](SessionProxy& session) { session.Complete(wake.number); });
}

Result<SessionDetails> SessionHandle::details() const {
    return connection_
        ->on_session(path_, [](SessionProxy& session) { return detail::to_values(session.GetDetails()); })
        .and_then([](Values&& values) { return detail::to_session_details(std::move(values)); });
}

Result<Attachment> SessionHandle::attach(SessionSignals listener) const {
    return attach(std::move(listener), Rival::Keep);
}

Result<Attachment> SessionHandle::take_over(SessionSignals listener) const {
    return attach(std::move(listener), Rival::Replace);
}

Result<void> SessionHandle::invalidate(Unfinished tasks) const {
    return connection_->on_session(
        path_, [&](SessionProxy& session) { session.Invalidate(tasks == Unfinished::Cancel); });
}

Result<Attachment> SessionHandle::attach(SessionSignals listener, Rival rival) const {
    const auto number = connection_->listen(path_, [signals = std::move(listener),
                                                    connection = std::weak_ptr(connection_),
                                                    path = path_](const detail::Signal& signal) {
        if (const auto* waiting = std::get_if<detail::EventsAvailable>(&signal)) {
            if (signals.events_available) signals.events_available(waiting->first, waiting->last);
        } else if (const auto* drained = std::get_if<detail::AllEventsDelivered>(&signal)) {
            if (signals.all_events_delivered)
                signals.all_events_delivered(drained->last, make_completion(connection, path, drained->wake));
        } else if (const auto* parted = std::get_if<detail::Detached>(&signal)) {
            if (signals.detached) signals.detached(parted->why);
        } else if (std::holds_alternative<detail::DaemonLeft>(signal)) {
            if (signals.daemon_left) signals.daemon_left();
        }
    });
    if (!number) return tl::unexpected(number.error());
    Subscription subscription(connection_, *number);
    return connection_
        ->on_session(path_,
                     [&](SessionProxy& session) {
                         if (rival == Rival::Replace)
                             session.TakeOver();
                         else
                             session.Attach();
                     })
        .map([&] { return Attachment(connection_, path_, std::move(subscription)); });
}

}  // namespace haul

#include "model/task.hpp"

#include <algorithm>

#include <array>

namespace haul::model {

Bytes find_wanted_room(const Task& task) {
    constexpr Bytes kWorthwhile = 1U << 20U;
    constexpr Bytes kBlock = 4096;
    if (!task.total) return kWorthwhile;
    return std::max(kBlock, *task.total - std::min(*task.total, task.done.bytes()));
}

std::string_view to_word(TaskKind kind) {
    switch (kind) {
        case TaskKind::Download:
            return "download";
        case TaskKind::Upload:
            return "upload";
        case TaskKind::WebSocket:
            return "websocket";
    }
    return "";
}

std::string_view to_word(TaskState state) {
    switch (state) {
        case TaskState::Suspended:
            return "suspended";
        case TaskState::Waiting:
            return "waiting";
        case TaskState::Running:
            return "running";
        case TaskState::Publishing:
            return "publishing";
        case TaskState::Finished:
            return "finished";
        case TaskState::Failed:
            return "failed";
        case TaskState::Cancelled:
            return "cancelled";
    }
    return "";
}

std::string_view to_word(Reason reason) {
    switch (reason) {
        case Reason::None:
            return "";
        case Reason::HttpStatus:
            return "http-status";
        case Reason::Redirect:
            return "redirect";
        case Reason::Protocol:
            return "protocol";
        case Reason::Incomplete:
            return "incomplete";
        case Reason::Connection:
            return "connection";
        case Reason::Tls:
            return "tls";
        case Reason::Timeout:
            return "timeout";
        case Reason::Deadline:
            return "deadline";
        case Reason::Limit:
            return "limit";
        case Reason::Destination:
            return "destination";
        case Reason::Client:
            return "client";
        case Reason::Changed:
            return "changed";
        case Reason::NotModified:
            return "not-modified";
        case Reason::Checksum:
            return "checksum";
        case Reason::Encoding:
            return "encoding";
        case Reason::Credentials:
            return "credentials";
        case Reason::Source:
            return "source";
        case Reason::Rejected:
            return "rejected";
        case Reason::Session:
            return "session";
        case Reason::Predecessor:
            return "predecessor";
    }
    return "";
}

std::string_view to_word(IfExists choice) {
    switch (choice) {
        case IfExists::Fail:
            return "fail";
        case IfExists::Replace:
            return "replace";
        case IfExists::Rename:
            return "rename";
    }
    return "";
}

namespace {
constexpr std::array kProtocols{UploadProtocol::Off, UploadProtocol::Auto,         UploadProtocol::Ietf,
                                UploadProtocol::Tus, UploadProtocol::ContentRange, UploadProtocol::S3};
}

std::string_view to_word(UploadProtocol protocol) {
    switch (protocol) {
        case UploadProtocol::Off:
            return "off";
        case UploadProtocol::Auto:
            return "auto";
        case UploadProtocol::Ietf:
            return "ietf";
        case UploadProtocol::Tus:
            return "tus";
        case UploadProtocol::ContentRange:
            return "content-range";
        case UploadProtocol::S3:
            return "s3";
    }
    return "";
}

std::optional<UploadProtocol> to_upload_protocol(std::string_view word) {
    for (auto protocol : kProtocols)
        if (to_word(protocol) == word) return protocol;
    return std::nullopt;
}

std::optional<TaskState> to_task_state(std::string_view word) {
    constexpr std::array kStates{TaskState::Suspended,  TaskState::Waiting,  TaskState::Running,
                                 TaskState::Publishing, TaskState::Finished, TaskState::Failed,
                                 TaskState::Cancelled};
    for (auto state : kStates)
        if (to_word(state) == word) return state;
    return std::nullopt;
}

}  // namespace haul::model

#include "engine/upload_lane.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::engine {

UploadLane::UploadLane(Job& upload, SendDesk& desk, OnDone on_done, const model::TransferRequest& request,
                       CURLSH* pool, std::uint32_t number)
    : upload_(upload),
      desk_(desk),
      on_done_(std::move(on_done)),
      exchange_(request, pool, number, *this, static_cast<Errand*>(this)) {}

Bytes UploadLane::body_size() const {
    return asked_.body ? asked_.body->size() : asked_.content.size();
}

void UploadLane::begin(model::UploadAsk asked, bool must_not_repeat) {
    asked_ = std::move(asked);
    body_.clear();
    is_truncated_ = false;
    is_paused_ = false;
    sent_ = 0;
    // A server that takes an upload has said so; one that is asked for the first time may not. A short body
    // is there sooner than the server's word.
    bool is_first = asked_.kind == model::UploadAsk::Kind::Create;
    constexpr Bytes kShort = 64 * 1024;
    bool has_no_body = asked_.method == "HEAD" || asked_.method == "OPTIONS" || asked_.method == "DELETE";
    exchange_.begin({.url = asked_.url,
                     .method = asked_.method,
                     .fields = asked_.fields,
                     .body = has_no_body ? std::nullopt : std::optional{body_size()},
                     .expects_continue = is_first && body_size() > kShort,
                     .is_direct = asked_.is_direct,
                     .must_not_repeat = must_not_repeat});
}

bool UploadLane::on_head() {
    body_.clear();
    is_truncated_ = false;
    return true;
}

/// More than is kept tells nothing more: the request ends with it.
std::size_t UploadLane::on_body(std::string_view bytes) {
    auto room = model::kMaxReplyBody - body_.size();
    body_ += bytes.substr(0, room);
    is_truncated_ = is_truncated_ || bytes.size() > room;
    return is_truncated_ ? 0 : bytes.size();
}

void UploadLane::on_interim() {
    desk_.on_interim(asked_, answer());
}

std::size_t UploadLane::on_send(char* to, std::size_t size) {
    auto left = body_size() - sent_;
    auto count = desk_.hand_out(asked_, sent_, to, static_cast<std::size_t>(std::min<Bytes>(size, left)));
    if (count == CURL_READFUNC_ABORT) return count;
    is_paused_ = count == CURL_READFUNC_PAUSE;
    if (!is_paused_) sent_ += count;
    return count;
}

void UploadLane::on_rewind() {
    sent_ = 0;
}

void UploadLane::watch() {
    auto gone = exchange_.bytes_gone();
    if (std::exchange(gone_, gone) != gone) exchange_.touch();
}

void UploadLane::unpause() {
    if (!std::exchange(is_paused_, false)) return;
    exchange_.touch();
    curl_easy_pause(handle(), CURLPAUSE_CONT);
}

model::UploadAnswer UploadLane::answer() const {
    const auto& head = exchange_.head();
    return {.status = head.status(),
            .fields = head.fields(),
            .location = exchange_.locate(head.location()),
            .body = body_,
            .now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
}

model::Reply UploadLane::take_reply() {
    model::Reply reply{.status = exchange_.head().status(),
                       .fields = {},
                       .body = std::move(body_),
                       .is_truncated = is_truncated_};
    std::size_t size = 0;
    for (const auto& field : exchange_.head().fields()) {
        size += field.name.size() + field.value.size();
        if (size > model::kMaxReplyFieldBytes) break;
        if (!model::same_name(field.name, "set-cookie")) reply.fields.push_back(field);
    }
    return reply;
}

}  // namespace haul::engine

// tus 1.0 (https://tus.io/protocols/resumable-upload), with its extensions creation, expiration, checksum and
// termination.

#include <algorithm>
#include <array>

#include "model/base64.hpp"
#include "model/header_scanner.hpp"
#include "model/http_date.hpp"
#include "model/text.hpp"
#include "model/upload_protocols.hpp"
#include "model/upload_steps.hpp"

namespace haul::model {
namespace {

using Kind = UploadAsk::Kind;

constexpr Bytes kPiece = 4 * 1024 * 1024;  ///< of what has a checksum
constexpr std::uint16_t kChecksumMismatch = 460;
constexpr std::array<std::string_view, 6> kStrongestFirst{"sha512",  "sha-512", "sha256",
                                                          "sha-256", "sha1",    "sha-1"};

Header version_field() {
    return {"Tus-Resumable", "1.0.0"};
}

/// The members of a list, as the server writes them (RFC 9110, 5.6.1).
std::vector<std::string> members(std::string_view field) {
    std::vector<std::string> names;
    HeaderScanner scanner{field};
    for (scanner.skip_commas(); !scanner.at_end(); scanner.skip_commas()) {
        auto name = scanner.token();
        if (name.empty()) break;
        names.emplace_back(name);
    }
    return names;
}

/// The strongest checksum that a server checks, by its own name for it; "" = none that we know.
std::string choose_checksum(const UploadAnswer& answer) {
    auto extensions = members(answer.field("Tus-Extension"));
    if (std::find(extensions.begin(), extensions.end(), "checksum") == extensions.end()) return {};
    auto offered = members(answer.field("Tus-Checksum-Algorithm"));
    for (auto wanted : kStrongestFirst)
        for (auto& name : offered)
            if (same_name(name, wanted)) return std::move(name);
    return {};
}

bool is_key(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
}

std::string metadata_of(const UploadPlan& plan) {
    auto metadata = plan.metadata;
    if (!plan.filename.empty()) metadata.try_emplace("filename", plan.filename);
    if (!plan.content_type.empty()) metadata.try_emplace("filetype", plan.content_type);
    std::string field;
    for (const auto& [key, value] : metadata) {
        if (!is_key(key)) continue;
        field += (field.empty() ? "" : ",") + key;
        if (!value.empty()) field += " " + encode_base64(value);
    }
    return field;
}

UploadAsk ask_resource(const UploadState& state, Kind kind, std::string method) {
    return {.kind = kind, .method = std::move(method), .url = state.url, .fields = {version_field()}};
}

UploadAsk create(const UploadPlan& plan) {
    UploadAsk ask{.kind = Kind::Create,
                  .method = "POST",
                  .url = plan.url,
                  .fields = {version_field(), {"Upload-Length", std::to_string(plan.size)}},
                  .is_last = plan.size == 0};
    auto metadata = metadata_of(plan);
    if (!metadata.empty()) ask.fields.push_back({"Upload-Metadata", std::move(metadata)});
    return ask;
}

UploadAsk append(const UploadPlan& plan, const UploadState& state) {
    auto ask = ask_resource(state, Kind::Append, "PATCH");
    auto rest = plan.size - state.offset;
    auto end = state.offset + (state.checksum.empty() ? rest : std::min(rest, kPiece));
    ask.body = Span{state.offset, end};
    ask.is_last = end == plan.size;
    ask.checksum = state.checksum;
    ask.fields.push_back({"Content-Type", "application/offset+octet-stream"});
    ask.fields.push_back({"Upload-Offset", std::to_string(state.offset)});
    return ask;
}

/// A server that does not say what it can do may be able to take an upload all the same.
UploadVerdict judge_discovered(const UploadPlan& plan, const UploadAnswer& answer, UploadState& state) {
    auto verdict = judge_status(answer);
    if (verdict.kind == UploadVerdict::Kind::Credentials) return verdict;
    state.is_discovered = true;
    if (!is_success(answer)) return {.kind = UploadVerdict::Kind::GoOn};
    state.checksum = choose_checksum(answer);
    auto most = parse_number(answer.field("Tus-Max-Size"));
    if (most && *most < plan.size)
        return fail_upload(Reason::Limit, "the server takes uploads of at most " + std::to_string(*most) +
                                              " bytes; this one has " + std::to_string(plan.size));
    return {.kind = UploadVerdict::Kind::GoOn};
}

UploadVerdict judge_created(const UploadPlan& plan, const UploadAnswer& answer, UploadState& state) {
    if (answer.location.empty())
        return fail_upload(Reason::Protocol,
                           "the server made no upload resource: its answer has no usable Location");
    state.url = answer.location;
    return plan.size == 0 ? finish_upload(plan, state) : UploadVerdict{.kind = UploadVerdict::Kind::GoOn};
}

/// The answer to HEAD and PATCH: how much there is.
UploadVerdict judge_offset(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                           UploadState& state) {
    auto offset = parse_number(answer.field("Upload-Offset"));
    if (!offset) return fail_upload(Reason::Protocol, "the server's answer has no usable Upload-Offset");
    auto length = answer.field("Upload-Length");
    if (!length.empty() && parse_number(length) != plan.size)
        return fail_upload(Reason::Protocol, "the server has another Upload-Length for the upload");
    if (asked.body && *offset > asked.body->end)
        return fail_upload(Reason::Protocol, "the server has more bytes than it was sent");
    if (*offset == plan.size) return finish_upload(plan, state);
    if (*offset < plan.size) state.may_be_there = false;
    return move_offset(plan, state, *offset, asked.body ? std::optional{asked.body->begin} : std::nullopt);
}

class TusUpload final : public UploadStrategy {
public:
    std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState& state, bool is_known,
                                  const std::vector<std::uint32_t>&) const override {
        if (state.url.empty() && !state.is_discovered)
            return UploadAsk{.kind = Kind::Discover, .method = "OPTIONS", .url = plan.url};
        if (state.url.empty()) return create(plan);
        if (!is_known || state.is_unsure || state.offset >= plan.size)
            return ask_resource(state, Kind::Find, "HEAD");
        return append(plan, state);
    }

    UploadVerdict judge(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                        UploadState& state) const override {
        if (asked.kind == Kind::Discover) return judge_discovered(plan, answer, state);
        if (is_success(answer)) {
            if (auto expires = parse_http_date(answer.field("Upload-Expires"))) state.expires = expires;
            if (asked.kind == Kind::Farewell) return {.kind = UploadVerdict::Kind::GoOn};
            return asked.kind == Kind::Create ? judge_created(plan, answer, state)
                                              : judge_offset(plan, asked, answer, state);
        }
        if (asked.kind == Kind::Create) return judge_status(answer);
        if (answer.status == 404 || answer.status == 410) return begin_anew(plan, state, answer);
        if (answer.status == kChecksumMismatch)
            return find_again(state, "the server got other bytes than were sent, by their checksum");
        if (answer.status == 409) return find_again(state, status_text(answer));
        return judge_resource_status(answer);
    }

    std::optional<UploadAsk> farewell(const UploadPlan&, const UploadState& state) const override {
        if (state.url.empty()) return std::nullopt;
        return ask_resource(state, Kind::Farewell, "DELETE");
    }
};

}  // namespace

const UploadStrategy& tus_upload() {
    static const TusUpload strategy;
    return strategy;
}

}  // namespace haul::model

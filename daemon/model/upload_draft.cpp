#include "model/upload_draft.hpp"

#include <algorithm>
#include <limits>

#include "model/header_scanner.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr std::uint32_t kInverted = 3;        ///< the interop version with Upload-Incomplete
constexpr std::uint32_t kWithLength = 6;      ///< the first with Upload-Length
constexpr Bytes kLongestAge = 3'153'600'000;  ///< seconds of a hundred years

/// An item of RFC 8941 without its parameters, and without the blanks around it.
std::string_view bare_item(std::string_view field) {
    field = field.substr(0, field.find(';'));
    auto begin = std::min(field.find_first_not_of(" \t"), field.size());
    field.remove_prefix(begin);
    return field.substr(0, field.find_last_not_of(" \t") + 1);
}

std::string_view completeness_name(std::uint32_t interop) {
    return interop == kInverted ? "Upload-Incomplete" : "Upload-Complete";
}

}  // namespace

Header completeness_field(std::uint32_t interop, Completeness completeness) {
    bool is_true = (completeness == Completeness::Complete) != (interop == kInverted);
    return {std::string{completeness_name(interop)}, is_true ? "?1" : "?0"};
}

std::optional<Completeness> completeness_of(std::uint32_t interop, const UploadAnswer& answer) {
    auto item = bare_item(answer.field(completeness_name(interop)));
    if (item != "?0" && item != "?1") return std::nullopt;
    return (item == "?1") != (interop == kInverted) ? Completeness::Complete : Completeness::Partial;
}

Header interop_field(std::uint32_t interop) {
    return {"Upload-Draft-Interop-Version", std::to_string(interop)};
}

Headers creation_fields(const UploadPlan& plan, Completeness completeness) {
    Headers fields{interop_field(plan.interop), completeness_field(plan.interop, completeness)};
    if (plan.interop >= kWithLength) fields.push_back({"Upload-Length", std::to_string(plan.size)});
    if (!plan.content_type.empty()) fields.push_back({"Content-Type", plan.content_type});
    return fields;
}

std::optional<Bytes> number_field(const UploadAnswer& answer, std::string_view name) {
    return parse_number(bare_item(answer.field(name)));
}

UploadLimit parse_upload_limit(std::string_view field) {
    UploadLimit limit;
    for (const auto& member : split(field, ',')) {
        auto item = bare_item(member);
        auto equals = item.find('=');
        if (equals == item.npos) continue;
        auto name = item.substr(0, equals);
        auto number = parse_number(item.substr(equals + 1));
        if (!number) continue;
        if (name == "max-size") limit.max_size = number;
        if (name == "max-append-size" && *number > 0) limit.max_append = number;
        // Until -05 it was called "expires".
        if (name == "max-age" || name == "expires")
            limit.max_age = std::chrono::seconds{static_cast<std::int64_t>(std::min(*number, kLongestAge))};
    }
    return limit;
}

std::optional<Bytes> take_limits(const UploadAnswer& answer, UploadState& state) {
    auto limit = parse_upload_limit(answer.field("Upload-Limit"));
    if (limit.max_append) state.max_append = limit.max_append;
    if (limit.max_age) state.expires = answer.now + *limit.max_age;
    return limit.max_size;
}

bool take_interim(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                  UploadState& state) {
    constexpr std::uint16_t kUploadResumptionSupported = 104;
    auto interop = interop_field(plan.interop);
    if (answer.status != kUploadResumptionSupported || bare_item(answer.field(interop.name)) != interop.value)
        return false;
    auto before = state;
    if (state.url.empty() && asked.kind == UploadAsk::Kind::Create) state.url = answer.location;
    if (state.url.empty()) return false;
    state.protocol = UploadProtocol::Ietf;
    take_limits(answer, state);
    auto offset = number_field(answer, "Upload-Offset");
    if (offset && asked.body && *offset > state.offset && *offset <= std::min(asked.body->end, plan.size)) {
        if (*offset > state.furthest) state.conflicts = 0;
        state.offset = *offset;
        state.furthest = std::max(state.furthest, *offset);
    }
    return !(state == before);
}

}  // namespace haul::model

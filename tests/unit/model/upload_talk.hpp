#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "model/upload.hpp"

/// What the tests of the upload protocols have in common.
namespace haul::model {

using AskKind = UploadAsk::Kind;
using VerdictKind = UploadVerdict::Kind;

inline const std::string kResource = "http://h/u/1";

inline UploadPlan plan_of(Bytes size) {
    return {.url = "http://h/files", .method = "POST", .size = size};
}

inline UploadState state_of(UploadProtocol protocol, Bytes offset = 0, std::string url = kResource) {
    UploadState state;
    state.protocol = protocol;
    state.url = std::move(url);
    state.offset = offset;
    return state;
}

inline UploadAnswer answer_of(int status, Headers fields = {}, std::string location = {}) {
    return {.status = static_cast<std::uint16_t>(status),
            .fields = std::move(fields),
            .location = std::move(location)};
}

/// The value of a field that a request has; "-" where it has none.
inline std::string field_of(const UploadAsk& ask, std::string_view name) {
    for (const auto& field : ask.fields)
        if (same_name(field.name, name)) return field.value;
    return "-";
}

inline UploadAsk next_of(const UploadPlan& plan, const UploadState& state, bool is_known = true) {
    return strategy_of(state.protocol).next(plan, state, is_known, {}).value();
}

/// Asks what comes next, and judges this answer to it.
inline UploadVerdict talk(const UploadPlan& plan, UploadState& state, const UploadAnswer& answer,
                          bool is_known = true) {
    const auto& strategy = strategy_of(state.protocol);
    return strategy.judge(plan, *strategy.next(plan, state, is_known, {}), answer, state);
}

inline std::string_view to_word(VerdictKind kind) {
    switch (kind) {
        case VerdictKind::GoOn:
            return "go on";
        case VerdictKind::Done:
            return "done";
        case VerdictKind::Retry:
            return "retry";
        case VerdictKind::Anew:
            return "anew";
        case VerdictKind::Credentials:
            return "credentials";
        case VerdictKind::Failed:
            return "failed";
    }
    return "";
}

/// "done", "go on", "failed protocol"...
inline std::string word_of(const UploadVerdict& verdict) {
    std::string word{to_word(verdict.kind)};
    return verdict.kind == VerdictKind::Failed ? word + " " + std::string{to_word(verdict.reason)} : word;
}

/// One line of a table: an answer at an offset, and what follows.
struct UploadCase {
    const char* name;
    UploadAnswer answer;
    std::string verdict;
    Bytes offset;  ///< afterwards
};
inline void PrintTo(const UploadCase& row, std::ostream* out) {
    *out << row.name;
}

}  // namespace haul::model

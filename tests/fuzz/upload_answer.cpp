// What a server says to an upload: five choices say which upload that is, then come its answers. Each is a
// line with the status, to be followed by ? where the connection broke before, lines of fields, and an empty
// one. The field "body" stands for the body.

#include <algorithm>
#include <array>

#include "fuzz/target.hpp"
#include "model/text.hpp"
#include "model/upload.hpp"
#include "model/utf8.hpp"

namespace haul::fuzz {
namespace {

using model::UploadProtocol;
using Kind = model::UploadAsk::Kind;
using VerdictKind = model::UploadVerdict::Kind;

constexpr std::array<UploadProtocol, 6> kProtocols{UploadProtocol::Off,          UploadProtocol::Auto,
                                                   UploadProtocol::Ietf,         UploadProtocol::Tus,
                                                   UploadProtocol::ContentRange, UploadProtocol::S3};
constexpr std::array<Bytes, 5> kSizes{10, 0, 1, 1000, 10'000'000};
constexpr std::array<std::uint32_t, 5> kInterops{8, 3, 4, 5, 6};
constexpr std::array<bool, 2> kMayRepeat{false, true};
constexpr std::size_t kMaxTextOfVerdict = 1024;

/// An answer, and whether the server has to be asked first how far it is.
struct Said {
    model::UploadAnswer answer;
    bool is_known = true;
};

Said next_answer(Choices& choices) {
    Said said;
    auto line = choices.line();
    if (line.ends_with('?')) {
        said.is_known = false;
        line.remove_suffix(1);
    }
    said.answer.status = static_cast<std::uint16_t>(model::parse_number(line).value_or(0) % 1000);
    for (line = choices.line(); !line.empty(); line = choices.line()) {
        auto colon = std::min(line.find(": "), line.size());
        std::string name{line.substr(0, colon)}, value{line.substr(std::min(colon + 2, line.size()))};
        if (model::same_name(name, "location")) said.answer.location = value;
        if (model::same_name(name, "body")) said.answer.body = value;
        said.answer.fields.push_back({std::move(name), std::move(value)});
    }
    return said;
}

void require_sound(const model::UploadPlan& plan, const model::UploadState& state) {
    require(state.offset <= plan.size, "no server has more than there is");
    require(state.conflicts <= model::kMaxUploadConflicts, "conflicts are bounded");
    require(state.etags.empty() || state.etags.size() == plan.parts.size(), "each part has its entity tag");
    for (const auto& etag : state.etags) require(etag.size() <= 128, "an entity tag has its bound");
    require(state.checksum.size() <= 7, "a checksum is one that we know");
}

void require_sound(const model::UploadPlan& plan, const model::UploadState& state,
                   const model::UploadAsk& ask) {
    require(!ask.url.empty() && !ask.method.empty(), "a request has a URL");
    for (const auto& field : ask.fields)
        require(model::check_header(field.name, field.value).has_value(), "a field fits HTTP");
    if (!ask.body) return;
    require(ask.body->begin <= ask.body->end && ask.body->end <= plan.size, "a body is of the source");
    require(ask.kind != Kind::Append || ask.body->begin < ask.body->end, "bytes that are appended are some");
    if (ask.kind != Kind::Append || state.protocol == UploadProtocol::S3) return;
    require(ask.body->begin == state.offset, "bytes go behind those that the server has");
    require(ask.is_last == (ask.body->end == plan.size), "the last bytes are the end");
    require(
        state.protocol != UploadProtocol::Ietf || ask.body->size() <= state.max_append.value_or(plan.size),
        "a server gets no more than it takes");
}

/// One sentence a verdict: what has to be so for it.
void require_sound(const model::UploadPlan& plan, const model::UploadState& state,
                   const model::UploadAnswer& answer, const model::UploadVerdict& verdict) {
    bool is_success = answer.status >= 200 && answer.status <= 299;
    require(model::is_utf8(verdict.text) && !model::has_control_character(verdict.text), "a text is text");
    require(verdict.text.size() <= kMaxTextOfVerdict, "a text has its bound");
    require(state.conflicts < model::kMaxUploadConflicts || verdict.kind == VerdictKind::Failed,
            "an upload fails with its last conflict");
    switch (verdict.kind) {
        case VerdictKind::Done:
            require(is_success, "only success is the end");
            require(state.offset == plan.size, "what is done is there");
            break;
        case VerdictKind::Anew:
            require(answer.status == 404 || answer.status == 410, "only what is gone begins anew");
            require(state.url.empty() && state.offset == 0, "what begins anew has nothing");
            require(!state.may_be_there, "what may be there is not forgotten");
            break;
        case VerdictKind::Credentials:
            require(answer.status == 401 || answer.status == 407, "credentials are for who may not pass");
            break;
        case VerdictKind::Retry:
        case VerdictKind::Failed:
            require(verdict.reason != model::Reason::None && !verdict.text.empty(), "a failure has a reason");
            break;
        case VerdictKind::GoOn:
            break;
    }
}

}  // namespace

void try_input(std::string_view input) {
    Choices choices{input};
    model::UploadState state;
    state.protocol = choices.one_of(kProtocols);
    model::UploadPlan plan{.url = "http://h/files", .method = "POST", .size = choices.one_of(kSizes)};
    plan.interop = choices.one_of(kInterops);
    plan.may_repeat = choices.one_of(kMayRepeat);
    plan.part_size = plan.size / 3 + 1;
    plan.parts.resize((plan.size + plan.part_size - 1) / plan.part_size, "http://h/part");
    std::vector<std::uint32_t> busy;
    if (state.protocol == UploadProtocol::S3 && choices.byte() % 2 == 1) busy.push_back(0);

    while (!choices.at_end()) {
        auto said = next_answer(choices);
        auto ask = model::strategy_of(state.protocol).next(plan, state, said.is_known, busy);
        require(ask || !busy.empty(), "there is something to ask until the end");
        busy.clear();
        if (!ask) continue;
        require_sound(plan, state, *ask);
        state.may_be_there = state.may_be_there || ask->is_last;
        const auto& answer = said.answer;
        if (answer.status < 200) {
            auto before = state;
            bool is_new = model::strategy_of(state.protocol).on_interim(plan, *ask, answer, state);
            require(is_new == !(state == before), "what is new is told");
            require(state.offset >= before.offset, "an interim answer takes nothing back");
            require_sound(plan, state);
            continue;
        }
        auto may_have_been_there = state.may_be_there && !plan.may_repeat;
        auto verdict = model::strategy_of(state.protocol).judge(plan, *ask, answer, state);
        require_sound(plan, state);
        require_sound(plan, state, answer, verdict);
        require(verdict.kind != VerdictKind::Anew || !may_have_been_there,
                "what the server may have acted on is not begun anew");
        if (verdict.kind == VerdictKind::Done || verdict.kind == VerdictKind::Failed) break;
    }
    if (auto farewell = model::strategy_of(state.protocol).farewell(plan, state))
        require_sound(plan, state, *farewell);
}

}  // namespace haul::fuzz

// Whatever is cut off and whenever: in the end the server has the source's bytes. And whatever a server says
// over and over, the upload ends.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/model/upload_server.hpp"

namespace haul::model {
namespace {

bool happens(int one_in) {
    return *rc::gen::inRange(0, one_in) == one_in - 1;
}

std::string any_source() {
    std::string source(*rc::gen::inRange<std::size_t>(0, 200), ' ');
    for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<char>('!' + i % 90);
    return source;
}

/// What befalls a request.
enum class Fate { Arrives, NeverLeaves, CutOff, AnswerLost, GatewayFails };

/// One upload over a bad line, which gets better after a while; of each request the server says what it does.
class Upload {
public:
    Upload(UploadServer& server, UploadProtocol protocol, const std::string& source)
        : server_(server), source_(source), state_(state_of(protocol, 0, "")) {}

    UploadVerdict run() {
        for (int steps = 0; steps < 2000; ++steps) {
            if (losses_ > 0 && happens(20)) {
                --losses_;
                server_.forget();
            }
            auto verdict = step();
            if (!verdict || verdict->kind == VerdictKind::Retry)
                is_known_ = false;
            else if (verdict->kind == VerdictKind::GoOn || verdict->kind == VerdictKind::Anew)
                is_known_ = true;
            else
                return *verdict;
        }
        return fail_upload(Reason::None, "it does not end");
    }

private:
    Fate any_fate() {
        if (troubles_ == 0 || !happens(2)) return Fate::Arrives;
        --troubles_;
        return *rc::gen::element(Fate::NeverLeaves, Fate::CutOff, Fate::AnswerLost, Fate::GatewayFails);
    }

    /// No value where no answer came.
    std::optional<UploadVerdict> step() {
        if (restarts_ > 0 && happens(5)) restart();
        auto ask = next_of(server_.plan, state_, is_known_);
        const auto& strategy = strategy_of(state_.protocol);
        auto fate = any_fate();
        if (fate == Fate::NeverLeaves) return std::nullopt;
        auto interim = server_.greet(ask);
        if (interim && !happens(3)) strategy.on_interim(server_.plan, ask, *interim, state_);
        auto body = ask.body ? source_.substr(ask.body->begin, ask.body->size()) : ask.content;
        if (fate == Fate::CutOff && !body.empty()) {
            body.resize(*rc::gen::inRange<std::size_t>(0, body.size()));
            server_.take(ask, body, false);
            return std::nullopt;
        }
        state_.may_be_there = state_.may_be_there || ask.is_last;
        auto answer = server_.take(ask, body, true);
        if (fate == Fate::AnswerLost || fate == Fate::CutOff) return std::nullopt;
        if (fate == Fate::GatewayFails) answer = answer_of(502);
        auto verdict = strategy_of(state_.protocol).judge(server_.plan, ask, answer, state_);
        RC_ASSERT(state_.offset <= server_.plan.size);
        return verdict;
    }

    /// The daemon dies, and knows what its journal has.
    void restart() {
        --restarts_;
        state_.furthest = 0;
        state_.is_unsure = false;
        is_known_ = false;
    }

    UploadServer& server_;
    const std::string& source_;
    UploadState state_;
    bool is_known_ = true;
    int troubles_ = *rc::gen::inRange(0, 20);
    int losses_ = *rc::gen::inRange(0, 3);
    int restarts_ = *rc::gen::inRange(0, 6);
};

UploadPlan repeatable(Bytes size) {
    auto plan = plan_of(size);
    plan.may_repeat = true;
    plan.interop = *rc::gen::element(3U, 4U, 5U, 6U, 8U);
    return plan;
}

void require_equal(UploadServer& server, UploadProtocol protocol, const std::string& source) {
    auto verdict = Upload{server, protocol, source}.run();
    RC_LOG() << verdict.text << "\n";
    RC_ASSERT(word_of(verdict) == "done");
    RC_ASSERT(server.result == source);
}

RC_GTEST_PROP(Upload, ServerOfTheDraftEndsWithTheBytesOfTheSource, ()) {
    auto source = any_source();
    IetfServer server{repeatable(source.size())};
    server.max_append = *rc::gen::inRange<Bytes>(20, 300);
    server.tells_offsets = *rc::gen::arbitrary<bool>();
    require_equal(server, *rc::gen::element(UploadProtocol::Ietf, UploadProtocol::Auto), source);
}

RC_GTEST_PROP(Upload, ServerThatDoesNotTakeTheOfferUpEndsWithTheBytesOfTheSource, ()) {
    auto source = any_source();
    IetfServer server{repeatable(source.size())};
    server.is_able = false;
    require_equal(server, *rc::gen::element(UploadProtocol::Off, UploadProtocol::Auto), source);
}

RC_GTEST_PROP(Upload, ServerOfTusEndsWithTheBytesOfTheSource, ()) {
    auto source = any_source();
    TusServer server{repeatable(source.size())};
    server.has_checksums = *rc::gen::arbitrary<bool>();
    require_equal(server, UploadProtocol::Tus, source);
}

RC_GTEST_PROP(Upload, ServerOfSessionsEndsWithTheBytesOfTheSource, ()) {
    auto source = any_source();
    SessionServer server{repeatable(source.size())};
    server.most = *rc::gen::inRange<Bytes>(1, 300);
    require_equal(server, UploadProtocol::ContentRange, source);
}

RC_GTEST_PROP(Upload, ServerOfPartsEndsWithTheBytesOfTheSource, ()) {
    auto source = any_source() + "!";
    auto plan = repeatable(source.size());
    plan.part_size = *rc::gen::inRange<Bytes>(10, 300);
    plan.parts.resize((plan.size + plan.part_size - 1) / plan.part_size, "http://h/part");
    S3Server server{plan};
    auto verdict = Upload{server, UploadProtocol::S3, source}.run();
    bool is_told = verdict.text.find("may have been done") != std::string::npos;
    RC_ASSERT(word_of(verdict) == "done" || is_told);
    RC_ASSERT(server.result == source);
}

UploadAnswer any_answer() {
    auto offset = [] { return std::to_string(*rc::gen::inRange(0, 12)); };
    auto flag = [] { return *rc::gen::element<std::string>("?0", "?1"); };
    auto answer = answer_of(*rc::gen::element<std::uint16_t>(200, 201, 204, 308, 404, 409, 410, 413, 460));
    if (!happens(4)) answer.location = kResource;
    if (!happens(4)) answer.fields.push_back({"Upload-Offset", offset()});
    if (!happens(4)) answer.fields.push_back({"Upload-Complete", flag()});
    if (!happens(4)) answer.fields.push_back({"Range", "bytes=0-" + offset()});
    if (!happens(4)) answer.fields.push_back({"Upload-Limit", "max-append-size=" + offset()});
    if (!happens(4)) answer.fields.push_back({"ETag", "\"a\""});
    return answer;
}

RC_GTEST_PROP(Upload, ServerThatSaysTheSameOverAndOverIsLeft, ()) {
    auto plan = repeatable(10);
    plan.interop = 8;
    plan.part_size = 3;
    plan.parts.resize(4, "http://h/part");
    auto state =
        state_of(*rc::gen::element(UploadProtocol::Off, UploadProtocol::Auto, UploadProtocol::Ietf,
                                   UploadProtocol::Tus, UploadProtocol::ContentRange, UploadProtocol::S3),
                 0, "");
    std::vector<UploadAnswer> answers;
    for (auto left = *rc::gen::inRange(1, 6); left > 0; --left) answers.push_back(any_answer());
    auto kind = VerdictKind::GoOn;
    std::size_t steps = 0;
    for (; steps < 1000 && (kind == VerdictKind::GoOn || kind == VerdictKind::Anew); ++steps)
        kind = talk(plan, state, answers[steps % answers.size()], steps % 7 != 0).kind;
    RC_ASSERT(steps < 500U);
}

}  // namespace
}  // namespace haul::model

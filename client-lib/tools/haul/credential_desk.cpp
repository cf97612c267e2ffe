#include "credential_desk.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "credential_input.hpp"
#include "secret.hpp"
#include "sentences.hpp"

namespace haul::cli {

namespace {

constexpr int kMostQuestions = 3;
/// One page of events; a challenge is among the newest.
constexpr std::uint64_t kNewestEvents = 1000;

/// The scheme to name where it decides what to ask for: a token needs no user.
AuthScheme scheme_of(const std::optional<Challenge>& challenge) {
    if (!challenge) return AuthScheme::Best;
    const auto& schemes = challenge->schemes;
    const bool is_bearer_alone =
        !schemes.empty() &&
        std::all_of(schemes.begin(), schemes.end(), [](const auto& word) { return word == "bearer"; });
    return is_bearer_alone ? AuthScheme::Bearer : AuthScheme::Best;
}

}  // namespace

std::optional<Challenge> find_challenge(const SessionHandle& session, TaskId task) {
    const auto details = session.details();
    if (!details) return std::nullopt;
    const auto last = details->last_event.number;
    const auto first =
        std::max(details->acknowledged.number, last > kNewestEvents ? last - kNewestEvents : 0);
    const auto events = session.events({.after = {first}});
    if (!events) return std::nullopt;
    const auto newest = std::find_if(events->rbegin(), events->rend(), [&](const Event& event) {
        return event.task == task && to_challenge(event);
    });
    return newest == events->rend() ? std::nullopt : to_challenge(*newest);
}

CredentialDesk::CredentialDesk(const Console& console, ProgressView& view, SessionHandle session)
    : console_(console), view_(view), session_(std::move(session)) {}

ChallengeOutcome CredentialDesk::on_challenge(const TaskHandle& task, const TaskDetails& details) {
    const auto challenge = find_challenge(session_, task.id());
    view_.show_challenge(details, challenge);
    if (console_.output() == Output::Text && can_ask() && asked_[task.id()]++ < kMostQuestions &&
        answer(task, challenge)) {
        return ChallengeOutcome::Answered;
    }
    const auto number = std::to_string(task.id().number);
    console_.note("  " + console_.command("credential " + number + " --user NAME") +
                  "    answers, and it goes on");
    console_.note("  " + console_.command("cancel " + number) + "    calls it off");
    return ChallengeOutcome::Unanswered;
}

bool CredentialDesk::answer(const TaskHandle& task, const std::optional<Challenge>& challenge) {
    view_.close();
    const auto credential = ask_credential(scheme_of(challenge), "");
    if (!credential) return false;
    if (const auto done = task.provide_credential(*credential); !done) {
        console_.fail(task.id(), done.error());
        return false;
    }
    return true;
}

}  // namespace haul::cli

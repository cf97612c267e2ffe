// The part of Line that says how an attempt ended.

#include "engine/curl_outcome.hpp"
#include "engine/exchange_failure.hpp"
#include "model/credential.hpp"
#include "model/url.hpp"
#include "model/utf8.hpp"
#include "websocket/line.hpp"

namespace haul::websocket {

using model::Reason;
using model::fact::Ending;

namespace {

constexpr std::chrono::seconds kSteady{10};  // open for so long, a connection ends a row of failures

}  // namespace

model::Fact Line::ending(CURLcode code) const {
    if (is_stopping_) return model::fact::Interrupted{.ending = Ending::Stopped};
    if (protocol_) return closing(code);
    return failure(code);
}

/// Of a connection that was open.
model::Fact Line::closing(CURLcode code) const {
    model::fact::Closed closed{.code = model::close_code::kLost};
    closed.was_steady = std::chrono::steady_clock::now() - opened_at_ >= kSteady;
    if (const auto& fault = protocol_->fault()) {
        closed.code = fault->code;
        closed.text = fault->reason;
    } else if (const auto& goodbye = protocol_->goodbye()) {
        closed.code = goodbye->code;
        closed.reason = model::to_bus_string(goodbye->reason);
        closed.is_clean = protocol_->outgoing().is_close_sent();
    } else if (is_silent_) {
        closed.text = "the server was silent, and did not answer a ping";
    } else if (is_closing_ && give_up_ && *give_up_ <= std::chrono::steady_clock::now()) {
        closed.text = "the server did not answer the goodbye";
    } else {
        closed.text = code == CURLE_OK ? "the server ended the connection without a goodbye"
                                       : exchange_.error_text(code);
    }
    return closed;
}

/// Of a handshake.
model::fact::Interrupted Line::failure(CURLcode code) const {
    model::fact::Interrupted fact;
    if (is_silent_) {
        fact.ending = Ending::Retry;
        fact.reason = Reason::Timeout;
        fact.text = "the server did not answer the handshake in time";
    } else if (!handshake_fault_.empty()) {
        fact.ending = Ending::Final;
        fact.reason = Reason::Protocol;
        fact.text = handshake_fault_;
    } else if (auto failure = engine::find_failure(exchange_, code)) {
        fact = std::move(*failure);
    } else {
        return refusal();
    }
    if (fact.entity.status == 0) fact.entity.status = exchange_.head().status();
    return fact;
}

/// The server answered the handshake, and said no.
model::fact::Interrupted Line::refusal() const {
    const auto& head = exchange_.head();
    const auto& retried = request_.transfer.options.retried_status;
    model::fact::Interrupted fact;
    fact.ending = Ending::Final;
    fact.reason = Reason::HttpStatus;
    fact.entity.status = head.status();
    fact.text = "the server answered the handshake with status " + std::to_string(head.status());
    if (head.status() == model::kUnauthorized || head.status() == model::kProxyAuthenticationRequired) {
        fact.ending = Ending::Credentials;
        fact.reason = Reason::Credentials;
        fact.challenges = head.challenges();
        if (exchange_.is_redirected()) fact.challenger = model::to_ws(exchange_.shown_url());
        if (exchange_.has_crossed_origin())
            fact.text += "; credentials go to the origin of the task's URL alone: replace the URL by " +
                         fact.challenger + ", or set redirect-headers";
    } else if (retried ? retried->contains(head.status()) : model::is_retried(head.status())) {
        fact.ending = Ending::Retry;
        fact.asked_delay = engine::retry_after(head.retry_after(), head.date());
    }
    return fact;
}

}  // namespace haul::websocket

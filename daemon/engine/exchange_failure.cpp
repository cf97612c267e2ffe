#include "engine/exchange_failure.hpp"

#include <utility>

#include "engine/curl_outcome.hpp"
#include "model/credential.hpp"
#include "model/limits.hpp"

namespace haul::engine {

using model::Reason;
using model::fact::Ending;

std::optional<model::fact::Interrupted> find_failure(const Exchange& exchange, CURLcode code) {
    const auto& head = exchange.head();
    model::fact::Interrupted fact;
    fact.ending = Ending::Final;
    if (auto challenges = exchange.proxy_challenges(code); !challenges.empty()) {
        fact.ending = Ending::Credentials;
        fact.reason = Reason::Credentials;
        fact.text = "the proxy wants to know who asks";
        fact.challenges = std::move(challenges);
        fact.entity.status = model::kProxyAuthenticationRequired;
    } else if (!exchange.redirect_fault().empty()) {
        fact.reason = Reason::Redirect;
        fact.text = exchange.redirect_fault();
    } else if (exchange.is_oversize()) {
        fact.reason = Reason::Limit;
        fact.text = "the header of the server's answer is larger than " +
                    std::to_string(model::kMaxResponseHeaders) + " bytes";
    } else if (head.is_final() && !head.fault().empty()) {
        fact.reason = Reason::Protocol;
        fact.text = "the server's answer can't be trusted: " + head.fault();
    } else if (!head.is_final()) {
        auto text = exchange.error_text(code);
        auto outcome = to_outcome(code, text, exchange.os_error());
        fact.ending = outcome.ending;
        fact.reason = outcome.reason;
        fact.text = code == CURLE_OK ? "the connection ended before an answer came" : std::move(text);
    } else {
        return std::nullopt;
    }
    return fact;
}

}  // namespace haul::engine

#include "engine/curl_outcome.hpp"

#include <charconv>
#include <ctime>

namespace haul::engine {

using model::Reason;
using model::fact::Ending;

namespace {

constexpr std::chrono::seconds kEver{366L * 24 * 3600};  // longer than any delay that is granted

}  // namespace

CurlOutcome to_outcome(CURLcode code, std::string_view text) {
    // libcurl has no code of its own for a body whose chunks are malformed.
    if (code == CURLE_RECV_ERROR && text.find("chunked-encoding") != text.npos)
        return {Ending::Final, Reason::Protocol};
    // Nor for a head, or a line of it, that is longer than it takes.
    if (text.find("response headers") != text.npos || code == CURLE_OUT_OF_MEMORY)
        return {Ending::Final, Reason::Limit};
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        case CURLE_SSL_CRL_BADFILE:
            return {Ending::Final, Reason::Tls};
        case CURLE_SSL_CONNECT_ERROR:
            return {Ending::Retry, Reason::Tls};
        case CURLE_OPERATION_TIMEDOUT:
            return {Ending::Retry, Reason::Timeout};
        case CURLE_PARTIAL_FILE:
            return {Ending::Retry, Reason::Incomplete};
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_WEIRD_SERVER_REPLY:
            return {Ending::Final, Reason::Protocol};
        case CURLE_BAD_CONTENT_ENCODING:
            return {Ending::Final, Reason::Encoding};
        default:
            return {Ending::Retry, Reason::Connection};
    }
}

std::optional<WallTime> http_date(const std::string& value) {
    auto seconds = curl_getdate(value.c_str(), nullptr);
    return seconds < 0 ? std::nullopt : std::optional{WallTime{std::chrono::seconds{seconds}}};
}

std::optional<std::chrono::seconds> modified_before_date(const std::string& last_modified,
                                                         const std::string& date) {
    auto modified = curl_getdate(last_modified.c_str(), nullptr);
    auto sent = curl_getdate(date.c_str(), nullptr);
    if (modified < 0 || sent < 0) return std::nullopt;
    return std::chrono::seconds{sent - modified};
}

std::optional<Duration> retry_after(const std::string& value, const std::string& date) {
    if (!value.empty() && value.find_first_not_of("0123456789") == value.npos) {
        std::int64_t seconds = 0;
        auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
        return error == std::errc{} && seconds < kEver.count() ? std::chrono::seconds{seconds} : kEver;
    }
    auto until = curl_getdate(value.c_str(), nullptr);
    if (until < 0) return std::nullopt;
    auto now = curl_getdate(date.c_str(), nullptr);
    return std::chrono::seconds{until - (now < 0 ? std::time(nullptr) : now)};
}

}  // namespace haul::engine

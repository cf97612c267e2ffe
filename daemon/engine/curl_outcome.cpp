#include "engine/curl_outcome.hpp"

#include <cerrno>
#include <charconv>
#include <ctime>

namespace haul::engine {

using model::Reason;
using model::fact::Ending;

namespace {

constexpr std::chrono::seconds kEver{366L * 24 * 3600};  // longer than any delay that is granted
constexpr std::int64_t kLatest = 253'402'300'799;        // the end of the year 9999

/// Seconds since 1970 of an HTTP date. libcurl reads years without end.
std::optional<std::chrono::seconds> seconds_of(const std::string& date) {
    std::int64_t seconds = curl_getdate(date.c_str(), nullptr);
    return seconds >= 0 && seconds <= kLatest ? std::optional{std::chrono::seconds{seconds}} : std::nullopt;
}

/// Whether the network leads nowhere (connect(2)); a server that refuses is reached.
bool is_off_network(long os_error) {
    return os_error == ENETUNREACH || os_error == EHOSTUNREACH || os_error == ENETDOWN;
}

}  // namespace

CurlOutcome to_outcome(CURLcode code, std::string_view text, long os_error) {
    // libcurl has no code of its own for a body whose chunks are malformed.
    if (code == CURLE_RECV_ERROR && text.find("chunked-encoding") != text.npos)
        return {Ending::Final, Reason::Protocol};
    // Nor for a head, or a line of it, that is longer than it takes.
    if (text.find("response headers") != text.npos || code == CURLE_OUT_OF_MEMORY)
        return {Ending::Final, Reason::Limit};
    // A peer's alert, or no version of TLS that both speak, will not be better the next time (RFC 8446, 6.2).
    bool is_tls = code == CURLE_SSL_CONNECT_ERROR || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR;
    bool is_refusal = text.find("SSL routines::") != text.npos && text.find("unexpected eof") == text.npos &&
                      text.find("alert internal error") == text.npos;
    if (is_tls && is_refusal) return {Ending::Final, Reason::Tls};
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
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return {Ending::Unreachable, Reason::Connection};
        case CURLE_COULDNT_CONNECT:
            return {is_off_network(os_error) ? Ending::Unreachable : Ending::Retry, Reason::Connection};
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
    auto seconds = seconds_of(value);
    return seconds ? std::optional{WallTime{*seconds}} : std::nullopt;
}

std::optional<std::chrono::seconds> modified_before_date(const std::string& last_modified,
                                                         const std::string& date) {
    auto modified = seconds_of(last_modified);
    auto sent = seconds_of(date);
    if (!modified || !sent) return std::nullopt;
    return *sent - *modified;
}

std::optional<Duration> retry_after(const std::string& value, const std::string& date) {
    if (!value.empty() && value.find_first_not_of("0123456789") == value.npos) {
        std::int64_t seconds = 0;
        auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
        return error == std::errc{} && seconds < kEver.count() ? std::chrono::seconds{seconds} : kEver;
    }
    auto until = seconds_of(value);
    if (!until) return std::nullopt;
    return *until - seconds_of(date).value_or(std::chrono::seconds{std::time(nullptr)});
}

}  // namespace haul::engine

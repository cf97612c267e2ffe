#include "model/header.hpp"

#include <algorithm>
#include <array>

#include "model/limits.hpp"

namespace haul::model {
namespace {

char lower_of(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool is_token(std::string_view text) {
    constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               kOther.find(c) != kOther.npos;
    });
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower_of(x) == lower_of(y); });
}

Result<> check_header(std::string_view name, std::string_view value) {
    constexpr std::array<std::string_view, 12> kOurs{
        "range",          "if-range", "if-none-match",     "if-modified-since", "host",  "connection", "te",
        "content-length", "upgrade",  "transfer-encoding", "accept-encoding",   "expect"};
    auto shown = std::string{name.substr(0, 64)};
    if (!is_token(name))
        return fail(ErrorCode::InvalidArgument,
                    "header name \"" + shown +
                        "\" is not a token of RFC 9110: letters, digits and !#$%&'*+-.^_`|~ only");
    constexpr std::string_view kHandshake = "sec-websocket-";
    bool is_ours = same_name(name.substr(0, kHandshake.size()), kHandshake) ||
                   std::any_of(kOurs.begin(), kOurs.end(), [&](auto ours) { return same_name(ours, name); });
    if (is_ours)
        return fail(ErrorCode::InvalidArgument,
                    "header \"" + shown + "\" is set by the daemon itself: leave it out");
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }))
        return fail(ErrorCode::InvalidArgument,
                    "the value of header \"" + shown + "\" has a control character in it");
    return {};
}

bool is_condition(std::string_view name) {
    return same_name(name, "if-match") || same_name(name, "if-unmodified-since");
}

Result<> check_headers(const Headers& headers) {
    std::size_t bytes = 0;
    for (const auto& header : headers) bytes += header.name.size() + header.value.size();
    if (headers.size() > kMaxHeaders || bytes > kMaxHeaderBytes)
        return fail(ErrorCode::LimitExceeded, "headers: at most " + std::to_string(kMaxHeaders) +
                                                  " with together " + std::to_string(kMaxHeaderBytes) +
                                                  " bytes fit a task");
    return {};
}

}  // namespace haul::model

#include "model/response.hpp"

#include "model/credential.hpp"
#include "model/header.hpp"
#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr std::size_t kMaxDisposition = 8 * 1024;

/// Several fields of a name are one list (RFC 9110, 5.3).
void append_list(std::string& list, std::string_view value) {
    if (list.size() + value.size() > kMaxText) return;
    if (!list.empty()) list += ", ";
    list += value;
}

bool is_name(std::string_view name) {
    if (name.empty()) return false;
    for (char c : name)
        if (c <= 0x20 || c == 0x7f) return false;
    return true;
}

}  // namespace

void ResponseHead::take(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    bytes_ += line.size() + 2;
    if (line.starts_with("HTTP/")) {
        // Interim ones may come without end: those that tell of an upload's progress should.
        auto bytes = keep_ == Keep::All ? line.size() : bytes_;
        *this = ResponseHead{keep_, upgrade_};
        bytes_ = bytes;
        auto space = line.find(' ');
        auto status = space == line.npos ? std::nullopt : parse_number(line.substr(space + 1, 3));
        if (status && *status >= 100 && *status <= 999)
            status_ = static_cast<std::uint16_t>(*status);
        else
            fault_ = "the status line \"" + printable(line, 64) + "\" has no status code";
        return;
    }
    if (complete_) return;  // a trailer after a chunked body
    if (line.empty()) {
        complete_ = true;
        if (status_ == kSwitchingProtocols && upgrade_ == Upgrade::Unwanted)
            fault_ = "it switches to another protocol, which nobody asked for";
        return;
    }
    if (line.front() == ' ' || line.front() == '\t')
        return;  // obs-fold: goes on with a field that we may ignore
    auto colon = line.find(':');
    auto name = line.substr(0, colon == line.npos ? 0 : colon);
    if (!is_name(name)) {
        if (fault_.empty()) fault_ = "the header line \"" + printable(line, 64) + "\" is no field";
        return;
    }
    auto value = trim(line.substr(colon + 1));
    if (keep_ == Keep::All) fields_.push_back({std::string{name}, std::string{value}});
    take_field(name, value);
}

bool ResponseHead::is_oversize() const {
    return bytes_ > kMaxResponseHeaders;
}

void ResponseHead::take_field(std::string_view name, std::string_view value) {
    if (same_name(name, "content-length")) take_length(value);
    if (same_name(name, "transfer-encoding")) chunked_ = true;
    if (same_name(name, "content-range")) {
        if (!content_range_.empty() && content_range_ != value)
            fault_ = "it has two Content-Ranges that differ";
        content_range_ = value;
    }
    if (same_name(name, "content-encoding") && !value.empty() && !same_name(value, "identity"))
        append_list(coding_, value);
    if (same_name(name, "etag")) etag_.take(value);
    if (same_name(name, "last-modified")) last_modified_.take(value);
    if (same_name(name, "date")) date_ = value.substr(0, kMaxText);
    if (same_name(name, "retry-after")) retry_after_ = value.substr(0, kMaxText);
    if (same_name(name, "location")) location_ = value;
    if (same_name(name, "content-disposition")) content_disposition_ = value.substr(0, kMaxDisposition);
    if (same_name(name, "repr-digest")) append_list(repr_digest_, value);
    if (same_name(name, "content-digest")) append_list(content_digest_, value);
    if (same_name(name, "accept-ranges")) accepts_ranges_ = same_name(value, "bytes");
    bool is_challenge =
        same_name(name, status_ == kProxyAuthenticationRequired ? "proxy-authenticate" : "www-authenticate");
    if (is_challenge && challenges_.size() < kMaxChallenges)
        for (auto& challenge : parse_challenges(value)) challenges_.push_back(std::move(challenge));
}

void ResponseHead::Single::take(std::string_view text) {
    is_void = is_void || text.size() > kMaxText || (!value.empty() && value != text);
    value = is_void ? std::string{} : std::string{text};
}

/// RFC 9110, 8.6: a list of equal numbers counts as one, anything else is not to be trusted.
void ResponseHead::take_length(std::string_view value) {
    while (true) {
        auto comma = value.find(',');
        auto number = parse_number(trim(value.substr(0, comma)));
        if (!number) {
            fault_ = "its Content-Length \"" + printable(value, 64) + "\" is no number of bytes";
            return;
        }
        if (content_length_ && *content_length_ != *number) {
            fault_ = "it has two Content-Lengths that differ, " + std::to_string(*content_length_) + " and " +
                     std::to_string(*number);
            return;
        }
        content_length_ = number;
        if (comma == value.npos) return;
        value.remove_prefix(comma + 1);
    }
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
    if (text.size() < 6 || !same_name(text.substr(0, 6), "bytes ")) return std::nullopt;
    text = trim(text.substr(6));
    auto dash = text.find('-');
    auto slash = text.find('/');
    if (dash == text.npos || slash == text.npos || dash > slash) return std::nullopt;
    auto first = parse_number(text.substr(0, dash));
    auto last = parse_number(text.substr(dash + 1, slash - dash - 1));
    auto total = text.substr(slash + 1);
    if (!first || !last || *last < *first) return std::nullopt;
    if (total == "*") return ContentRange{*first, *last, std::nullopt};
    auto complete = parse_number(total);
    if (!complete || *complete <= *last) return std::nullopt;
    return ContentRange{*first, *last, complete};
}

}  // namespace haul::model

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "model/challenge.hpp"
#include "model/header.hpp"

namespace haul::model {

/// The head of one HTTP response, gathered line by line as it arrives (RFC 9110, RFC 9112).
class ResponseHead {
public:
    /// Which fields it keeps: those that downloads know, or all of them as well.
    enum class Keep : std::uint8_t { Known, All };

    /// Whether the request asked to go on with another protocol on the same connection (RFC 9110, 7.8).
    enum class Upgrade : std::uint8_t { Unwanted, Wanted };

    ResponseHead() = default;
    explicit ResponseHead(Keep keep, Upgrade upgrade = Upgrade::Unwanted) : keep_(keep), upgrade_(upgrade) {}

    /// Takes the next line, with or without its line end; an empty one ends the head. A status line begins a
    /// new head: that of the final response replaces those of interim ones (1xx).
    void take(std::string_view line);

    std::uint16_t status() const { return status_; }
    bool is_complete() const { return complete_; }
    /// Whether it is complete, and no interim one that another one follows (RFC 9110, 15.2). An upgrade that
    /// nobody asked for ends HTTP, and so counts as final.
    bool is_final() const { return complete_ && (status_ >= 200 || status_ == kSwitchingProtocols); }
    /// More than kMaxResponseHeaders bytes: nothing more of it should be taken.
    bool is_oversize() const;
    /// What HTTP does not allow in it; empty where all is well.
    const std::string& fault() const { return fault_; }

    /// Bytes of the body, unless a transfer coding says it in its own way.
    std::optional<Bytes> content_length() const { return chunked_ ? std::nullopt : content_length_; }
    /// Whether only the end of the connection ends the body (RFC 9112, 6.3).
    bool is_ended_by_close() const { return !chunked_ && !content_length_; }
    /// Whether the body is in a coding (RFC 9110, 8.4), and which.
    bool is_encoded() const { return !coding_.empty(); }
    const std::string& coding() const { return coding_; }
    const std::string& content_range() const { return content_range_; }
    const std::string& etag() const { return etag_.value; }
    const std::string& last_modified() const { return last_modified_.value; }
    const std::string& date() const { return date_; }
    const std::string& retry_after() const { return retry_after_; }
    const std::string& location() const { return location_; }
    const std::string& content_disposition() const { return content_disposition_; }
    const std::string& repr_digest() const { return repr_digest_; }
    const std::string& content_digest() const { return content_digest_; }
    /// Whether the server says that it answers byte ranges.
    bool accepts_ranges() const { return accepts_ranges_; }
    /// What the server, or with status 407 a proxy, wants to be answered.
    const std::vector<Challenge>& challenges() const { return challenges_; }
    /// Every field in the order of its arrival, where all are kept.
    const Headers& fields() const { return fields_; }

private:
    static constexpr std::uint16_t kSwitchingProtocols = 101;

    void take_field(std::string_view name, std::string_view value);
    void take_length(std::string_view value);
    /// A field that may come once: where two of them differ, neither counts.
    struct Single {
        std::string value;
        bool is_void = false;
        void take(std::string_view text);
    };

    Keep keep_ = Keep::Known;
    Upgrade upgrade_ = Upgrade::Unwanted;
    std::uint16_t status_ = 0;
    std::size_t bytes_ = 0;
    bool complete_ = false;
    bool chunked_ = false;
    bool accepts_ranges_ = false;
    std::optional<Bytes> content_length_;
    Single etag_, last_modified_;
    std::string content_range_, date_, retry_after_, location_;
    std::string coding_, content_disposition_, repr_digest_, content_digest_;
    std::vector<Challenge> challenges_;
    Headers fields_;
    std::string fault_;
};

/// Statuses with which the server promises nothing but that it may be asked again.
inline bool is_retried(std::uint16_t status) {
    return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 ||
           status == 503 || status == 504;
}

/// "bytes FIRST-LAST/TOTAL" of a Content-Range (RFC 9110, 14.4). No value where it is anything else; TOTAL
/// may be *.
struct ContentRange {
    Bytes first;
    Bytes last;
    std::optional<Bytes> total;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace haul::model

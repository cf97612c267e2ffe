#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace haul::model {

/// The head of one HTTP response, gathered line by line as it arrives (RFC 9110, RFC 9112).
class ResponseHead {
public:
    /// Takes the next line, with or without its line end; an empty one ends the head. A status line begins a
    /// new head: that of the final response replaces those of interim ones (1xx).
    void take(std::string_view line);

    std::uint16_t status() const { return status_; }
    bool is_complete() const { return complete_; }
    /// More than kMaxResponseHeaders bytes: nothing more of it should be taken.
    bool is_oversize() const;
    /// What HTTP does not allow in it; empty where all is well.
    const std::string& fault() const { return fault_; }

    /// Bytes of the body, unless a transfer coding says it in its own way.
    std::optional<Bytes> content_length() const { return chunked_ ? std::nullopt : content_length_; }
    /// Whether the body is in a coding of the server's choice (RFC 9110, 8.4). None is asked for.
    bool is_encoded() const { return encoded_; }
    const std::string& content_range() const { return content_range_; }
    const std::string& etag() const { return etag_; }
    const std::string& last_modified() const { return last_modified_; }
    const std::string& date() const { return date_; }
    const std::string& retry_after() const { return retry_after_; }
    const std::string& location() const { return location_; }

private:
    void take_field(std::string_view name, std::string_view value);
    void take_length(std::string_view value);

    std::uint16_t status_ = 0;
    std::size_t bytes_ = 0;
    bool complete_ = false;
    bool chunked_ = false;
    bool encoded_ = false;
    std::optional<Bytes> content_length_;
    std::string content_range_, etag_, last_modified_, date_, retry_after_, location_;
    std::string fault_;
};

/// "bytes FIRST-LAST/TOTAL" of a Content-Range (RFC 9110, 14.4). No value where it is anything else; TOTAL
/// may be *.
struct ContentRange {
    Bytes first;
    Bytes last;
    std::optional<Bytes> total;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace haul::model

#pragma once

#include <string>
#include <string_view>

namespace haul::model {

/// Bytes of a problem document that are looked at; a longer one counts as none.
inline constexpr std::size_t kMaxProblem = 64 * 1024;

/// Title and detail of a problem document (RFC 9457) as one line for people, bounded and without control
/// characters. "" where the content type is not application/problem+json, or where the body has neither.
std::string problem_text(std::string_view content_type, std::string_view body);

}  // namespace haul::model

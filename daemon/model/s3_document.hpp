#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The XML of S3's multipart uploads, as little of it as is needed.
namespace haul::model {

/// What completes an upload: its parts by their entity tags, in order.
std::string complete_multipart_document(const std::vector<std::string>& etags);

/// Whether a body is an <Error> document.
bool is_s3_error(std::string_view body);
/// Its code, such as "NoSuchUpload"; "" where there is none, or one that is no word of at most 64 letters and
/// digits.
std::string s3_error_code(std::string_view body);

}  // namespace haul::model

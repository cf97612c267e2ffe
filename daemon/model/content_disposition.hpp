#pragma once

#include <string>
#include <string_view>

namespace haul::model {

/// The file name that a Content-Disposition gives (RFC 6266), of whatever disposition type: filename*, in the
/// UTF-8 or ISO-8859-1 of RFC 8187, before filename. "" where there is none, or the field is malformed. It is
/// UTF-8, but the server's: safe_file_name() makes a name of it.
std::string content_disposition_name(std::string_view value);

}  // namespace haul::model

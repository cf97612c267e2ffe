#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "model/field.hpp"
#include "model/request.hpp"

namespace haul::model {

/// A body of multipart/form-data (RFC 7578).
struct Form {
    std::vector<SourcePiece> pieces;  ///< in order; files without their identity
    std::string content_type;
};

/// A body of these parts. Each has a `name` and either a `value` or a file: by `file`, an absolute path, or
/// `file-fd`, the decimal place of its descriptor in `descriptors`, which is moved from there; with a file
/// may come `filename` and `content-type`. Names are escaped as browsers do (WHATWG HTML, 4.10.21.8); values
/// are sent as they are. The boundary is text of letters and digits that nobody can guess. Errors:
/// InvalidArgument that says which part and key; LimitExceeded beyond kMaxFormParts or kMaxFormText.
Result<Form> make_form(const FormParts& parts, std::vector<UniqueFd>& descriptors, std::string_view boundary);

/// A boundary of random bytes.
std::string to_boundary(std::string_view random);

}  // namespace haul::model

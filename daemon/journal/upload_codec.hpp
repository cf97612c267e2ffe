#pragma once

#include <string>
#include <string_view>

#include "model/task.hpp"

namespace haul::journal {

/// What identifies an upload's source, and how far the upload is, as bytes for columns. The form is stable: a
/// later daemon reads it. What makes no sense is left out.
std::string encode(const model::FileIdentity& identity);
model::FileIdentity decode_identity(std::string_view bytes);
std::string encode(const model::UploadState& state);
model::UploadState decode_upload(std::string_view bytes);

}  // namespace haul::journal

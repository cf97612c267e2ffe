#pragma once

#include <optional>
#include <string>

#include "model/fact.hpp"
#include "model/task.hpp"

/// What is different in an upload's life: what may not be done twice, and what stays at the server.
namespace haul::model {

/// Whether the server may have acted on the upload, nobody can ask it, and it may not be sent again.
bool is_unrepeatable(const Task& task, bool may_repeat);

/// Whether another attempt after this ending would have the server do again what it may have done.
bool would_repeat(const Task& task, fact::Ending ending, bool may_repeat);

/// What to say then, behind what went wrong.
std::string unrepeatable_text(const std::string& trouble);

/// Clears what the journal knows of an upload whose task has ended: its URL is a secret. What the server may
/// be told to forget; no value where it has nothing, or perhaps everything.
std::optional<UploadState> end_upload(Task& task);

}  // namespace haul::model

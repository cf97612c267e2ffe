#pragma once

#include <filesystem>
#include <optional>

#include "haul/error.hpp"
#include "haul/file.hpp"
#include "haul/task_handle.hpp"

namespace haul::cli {

/// Where the body of an upload's answer is written: a file, or standard output for "-". It is opened before
/// the upload begins, and what it held stays until there is an answer.
class ReplyFile {
public:
    static Result<ReplyFile> open(const std::filesystem::path& path);

    /// Writes what the task was answered in place of what was there: nothing, where it had no body.
    Result<void> keep(const TaskHandle& task) const;

private:
    ReplyFile(std::optional<std::filesystem::path> path, File file);

    std::optional<std::filesystem::path> path_;  ///< absent: standard output
    File file_;
};

}  // namespace haul::cli

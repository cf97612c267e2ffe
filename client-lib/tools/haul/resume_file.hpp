#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "haul/error.hpp"
#include "haul/file.hpp"

namespace haul::cli {

/// Where resume data is kept: a file for its owner's eyes alone that is made beside its name, and takes it
/// once it holds the data. One that never does leaves nothing.
class ResumeFile {
public:
    static Result<ResumeFile> open(const std::filesystem::path& path);
    ResumeFile(ResumeFile&& other) noexcept = default;
    ResumeFile& operator=(ResumeFile&&) = delete;
    ~ResumeFile();

    /// Writes the data to the disk under the file's name, in place of what was there.
    Result<void> keep(const std::vector<std::uint8_t>& data);

private:
    ResumeFile(std::filesystem::path path, std::string made, File file);

    std::filesystem::path path_;
    std::string made_;  ///< the name that it has until then
    File file_;
};

}  // namespace haul::cli

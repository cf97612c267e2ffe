#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace haul {

/// A directory of the test's own, gone with all that is in it at the test's end.
class TempDir {
public:
    /// On a disk, or in memory where the machine has such a place: for tests of many syncs that don't need
    /// them.
    enum class Where { Disk, Memory };

    explicit TempDir(Where where = Where::Disk) {
        std::filesystem::path parent = "/dev/shm";
        if (where == Where::Disk || !std::filesystem::is_directory(parent))
            parent = std::filesystem::temp_directory_path();
        auto pattern = (parent / "haul-test-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) std::abort();
        path_ = pattern;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    /// The directory, or the path of a name in it.
    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline void write_file(const std::string& path, const std::string& content) {
    std::ofstream{path, std::ios::binary} << content;
}

}  // namespace haul

#include "storage/text_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace haul::storage {

Result<UniqueFd> text_file(std::string_view text) {
    UniqueFd fd{::memfd_create("haul-reply", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    auto trouble = [] {
        return fail(ErrorCode::InvalidState, "no memory for the answer: " + errno_text(errno));
    };
    if (!fd) return trouble();
    std::size_t at = 0;
    while (at < text.size()) {
        auto written = ::pwrite(fd.get(), text.data() + at, text.size() - at, static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return trouble();
        at += static_cast<std::size_t>(written);
    }
    if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return trouble();
    return fd;
}

std::vector<std::string> list_files(const std::string& directory, std::string_view suffix) {
    struct Close {
        void operator()(DIR* open) const { ::closedir(open); }
    };
    std::unique_ptr<DIR, Close> open{::opendir(directory.c_str())};
    std::vector<std::string> paths;
    while (open) {
        const auto* entry = ::readdir(open.get());
        if (!entry) break;
        std::string_view name{entry->d_name};
        if (name.ends_with(suffix)) paths.push_back(directory + "/" + std::string{name});
    }
    return paths;
}

}  // namespace haul::storage

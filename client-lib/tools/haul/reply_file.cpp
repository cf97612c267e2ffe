#include "reply_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

namespace haul::cli {

namespace {

constexpr mode_t kMode = 0666;  // before the umask

tl::unexpected<Error> trouble(const std::string& what) {
    return tl::unexpected(Error{.code = ErrorCode::InvalidArgument,
                                .message = "cannot " + what + ": " + std::strerror(errno),
                                .name = {}});
}

bool write_all(int descriptor, const char* data, std::size_t length) {
    while (length > 0) {
        const auto done = ::write(descriptor, data, length);
        if (done < 0 && errno != EINTR) return false;
        if (done <= 0) continue;
        data += done;
        length -= static_cast<std::size_t>(done);
    }
    return true;
}

/// A device or pipe has nothing to empty.
bool empty(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return false;
    return !S_ISREG(status.st_mode) || ::ftruncate(descriptor, 0) == 0;
}

}  // namespace

Result<ReplyFile> ReplyFile::open(const std::filesystem::path& path) {
    if (path == "-") return ReplyFile(std::nullopt, File(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)));
    File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kMode));
    if (file.get() < 0) return trouble("write " + path.string());
    return ReplyFile(path, std::move(file));
}

ReplyFile::ReplyFile(std::optional<std::filesystem::path> path, File file)
    : path_(std::move(path)), file_(std::move(file)) {}

Result<void> ReplyFile::keep(const TaskHandle& task) const {
    const auto reply = task.open_result();
    const bool has_none = !reply && reply.error().code == ErrorCode::InvalidState;
    if (!reply && !has_none) return tl::unexpected(reply.error());
    const auto name = path_ ? path_->string() : "standard output";
    if (path_ && !empty(file_.get())) return trouble("write " + name);
    if (has_none) return {};

    std::array<char, 65536> piece{};
    for (off_t at = 0;;) {
        const auto length = ::pread(reply->get(), piece.data(), piece.size(), at);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return trouble("read the answer");
        if (length == 0) return {};
        if (!write_all(file_.get(), piece.data(), static_cast<std::size_t>(length)))
            return trouble("write " + name);
        at += length;
    }
}

}  // namespace haul::cli

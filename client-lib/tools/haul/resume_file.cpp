#include "resume_file.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace haul::cli {

namespace {

tl::unexpected<Error> write_trouble(const std::filesystem::path& path) {
    return tl::unexpected(Error{.code = ErrorCode::InvalidArgument,
                                .message = "cannot write " + path.string() + ": " + std::strerror(errno),
                                .name = {}});
}

bool write_synced(int descriptor, const std::vector<std::uint8_t>& data) {
    for (std::size_t done = 0; done < data.size();) {
        const auto length = ::write(descriptor, data.data() + done, data.size() - done);
        if (length < 0 && errno != EINTR) return false;
        if (length > 0) done += static_cast<std::size_t>(length);
    }
    return ::fsync(descriptor) == 0;
}

}  // namespace

Result<ResumeFile> ResumeFile::open(const std::filesystem::path& path) {
    auto made = path.string() + ".XXXXXX";
    File file(::mkstemp(made.data()));  // with mode 0600
    if (file.get() < 0) return write_trouble(path);
    return ResumeFile(path, std::move(made), std::move(file));
}

ResumeFile::ResumeFile(std::filesystem::path path, std::string made, File file)
    : path_(std::move(path)), made_(std::move(made)), file_(std::move(file)) {}

ResumeFile::~ResumeFile() {
    if (file_.get() >= 0) ::unlink(made_.c_str());
}

Result<void> ResumeFile::keep(const std::vector<std::uint8_t>& data) {
    if (!write_synced(file_.get(), data) || ::rename(made_.c_str(), path_.c_str()) != 0)
        return write_trouble(path_);
    file_ = File();
    return {};
}

}  // namespace haul::cli

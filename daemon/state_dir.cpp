#include "state_dir.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/error.hpp"

namespace haul {
namespace {

constexpr int kPatience = 50;       // looks at a lock whose holder is going to exit
constexpr int kBetweenLooks = 100;  // milliseconds
constexpr std::string_view kExiting = "exiting";

tl::unexpected<StartError> trouble(const std::string& path, int number) {
    return tl::make_unexpected(
        StartError{EX_IOERR, "state directory " + path + " can't be used: " + errno_text(number) +
                                 "; make it writable for this user, or give another one with --state-dir"});
}

tl::unexpected<StartError> in_use(const std::string& path, const std::string& holder) {
    return tl::make_unexpected(
        StartError{EX_UNAVAILABLE, "another hauld (" + (holder == kExiting ? "exiting" : "pid " + holder) +
                                       ") uses the state directory " + path +
                                       ": stop it first, or give another --state-dir"});
}

/// Zero, or the errno value.
int make_directories(const std::string& path) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        auto part = path.substr(0, end);
        if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST &&
            (end == path.npos || ::access(part.c_str(), F_OK) != 0))
            return errno;
        if (end == path.npos) return 0;
    }
}

std::string read_holder(int fd) {
    std::array<char, 64> text{};
    auto size = ::pread(fd, text.data(), text.size(), 0);
    return size > 0 ? std::string{text.data(), static_cast<std::size_t>(size)} : std::string{};
}

void write_holder(int fd, const std::string& text) {
    if (::ftruncate(fd, 0) == 0) [[maybe_unused]]
        auto written = ::pwrite(fd, text.data(), text.size(), 0);
}

}  // namespace

tl::expected<StateDir, StartError> StateDir::take(const std::string& path) {
    StateDir dir;
    dir.path_ = path;
    if (int number = make_directories(path + "/spool"); number != 0) return trouble(path, number);
    dir.lock_.reset(::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!dir.lock_) return trouble(path, errno);
    for (int look = 0; ::flock(dir.lock_.get(), LOCK_EX | LOCK_NB) != 0; ++look) {
        if (errno != EWOULDBLOCK) return trouble(path, errno);
        auto holder = read_holder(dir.lock_.get());
        if (holder != kExiting || look == kPatience) return in_use(path, holder);
        ::poll(nullptr, 0, kBetweenLooks);
    }
    write_holder(dir.lock_.get(), std::to_string(::getpid()));
    return dir;
}

bool StateDir::has_journal(const std::string& path) {
    return ::access((path + "/journal.sqlite").c_str(), F_OK) == 0;
}

void StateDir::announce_exit() const {
    write_holder(lock_.get(), std::string{kExiting});
}

}  // namespace haul

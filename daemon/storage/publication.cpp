#include "storage/publication.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>

#include "storage/snapshot.hpp"

namespace haul::storage {
namespace {

using model::IfExists;
using model::fact::Ending;

constexpr int kMostNames = 10'000;      // "file (9999)": then a destination counts as refused
constexpr std::size_t kGroupWorth = 3;  // from so many files of one file system on, one syncfs costs less

std::string directory_of(const std::string& path) {
    return path.substr(0, path.rfind('/') + 1);
}

/// "/a/file.tar" with 2 is "/a/file (2).tar"; with 0 it is itself.
std::string alternative(const std::string& path, int number) {
    if (number == 0) return path;
    auto name = path.rfind('/') + 1;
    auto dot = path.rfind('.');
    if (dot == path.npos || dot <= name) dot = path.size();
    return path.substr(0, dot) + " (" + std::to_string(number) + ")" + path.substr(dot);
}

/// One file on its way through the group.
struct Candidate {
    const model::PublishRequest& request;
    UniqueFd fd;
    dev_t device = 0;
    Publication outcome = std::string{};
    bool is_renamed = false;

    bool is_alive() const { return outcome.has_value(); }
    void fail(Trouble trouble) { outcome = tl::make_unexpected(std::move(trouble)); }
    void fail(int number, const std::string& doing, const std::string& path) {
        fail(to_trouble(number, doing, path));
    }
};

/// Whether this name has the very file that was to get it.
bool has_name(const model::PublishRequest& request, const std::string& name) {
    struct stat info {};
    return ::lstat(name.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_ino == request.inode &&
           static_cast<Bytes>(info.st_size) == request.size;
}

/// The part file is not there: either a crash came between its rename and the journal's commit, or it was
/// taken away.
void look_for_final_name(Candidate& candidate) {
    const auto& request = candidate.request;
    for (int number = 0; number < (request.if_exists == IfExists::Rename ? kMostNames : 1); ++number) {
        auto name = alternative(request.destination, number);
        if (has_name(request, name)) {
            candidate.outcome = name;
            candidate.is_renamed = true;
            return;
        }
        if (::access(name.c_str(), F_OK) != 0) break;
    }
    candidate.fail({Ending::DiskFailed, "the part file " + request.part.path + " is gone"});
}

bool set_modified(int fd, WallTime time) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    auto rest = std::chrono::nanoseconds{time - seconds};
    timespec modified{seconds.time_since_epoch().count(), rest.count()};
    std::array<timespec, 2> times{{{0, UTIME_OMIT}, modified}};
    return ::futimens(fd, times.data()) == 0;
}

void open_part(Candidate& candidate, std::uint32_t default_mode) {
    const auto& request = candidate.request;
    candidate.fd.reset(::open(request.part.path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!candidate.fd && errno == ENOENT) return look_for_final_name(candidate);
    if (!candidate.fd) return candidate.fail(errno, "open", request.part.path);
    struct stat info {};
    if (::fstat(candidate.fd.get(), &info) != 0) return candidate.fail(errno, "look at", request.part.path);
    candidate.device = info.st_dev;
    bool is_whole = info.st_ino == request.inode && static_cast<Bytes>(info.st_size) == request.size;
    bool is_true =
        request.part.trust != model::PartTrust::Synced || request.part.synced.bytes() >= request.size;
    if (!is_whole || !is_true)
        return candidate.fail({Ending::DiskFailed, "the part file " + request.part.path + " lost bytes"});
    if (::fchmod(candidate.fd.get(), request.mode.value_or(default_mode)) != 0)
        return candidate.fail(errno, "set the mode of", request.part.path);
    if (request.modified && !set_modified(candidate.fd.get(), *request.modified))
        candidate.fail(errno, "set the modification time of", request.part.path);
}

void sync_each(std::span<Candidate*> group) {
    for (auto* candidate : group)
        if (::fsync(candidate->fd.get()) != 0)  // whatever the reason: the bytes are lost
            candidate->fail({Ending::DiskFailed,
                             "can't sync " + candidate->request.part.path + ": " + errno_text(errno)});
}

/// Syncs the files of one file system. syncfs(2) reports trouble of any file there: then each is asked for
/// itself.
void sync_group(std::span<Candidate*> group) {
    if (group.size() < kGroupWorth || ::syncfs(group.front()->fd.get()) != 0) sync_each(group);
}

void sync_all(std::span<Candidate> candidates) {
    std::map<dev_t, std::vector<Candidate*>> groups;
    for (auto& candidate : candidates)
        if (candidate.is_alive() && !candidate.is_renamed) groups[candidate.device].push_back(&candidate);
    for (auto& [device, group] : groups) sync_group(group);
}

/// Renames without replacing anything, also where the file system can't do it in one call.
int rename_to_free(const std::string& from, const std::string& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

void rename_part(Candidate& candidate) {
    const auto& request = candidate.request;
    const auto& from = request.part.path;
    for (int number = 0; number < kMostNames; ++number) {
        auto name = alternative(request.destination, number);
        int trouble = request.if_exists == IfExists::Replace
                          ? (::rename(from.c_str(), name.c_str()) == 0 ? 0 : errno)
                          : rename_to_free(from, name);
        if (trouble == 0) {
            candidate.outcome = name;
            candidate.is_renamed = true;
            return;
        }
        if (trouble != EEXIST || request.if_exists != IfExists::Rename)
            return candidate.fail(trouble, "give the download its name", name);
    }
    candidate.fail(EEXIST, "give the download its name", request.destination);
}

void sync_directories(std::span<Candidate> candidates) {
    std::map<std::string, int> synced;
    for (auto& candidate : candidates) {
        if (!candidate.is_renamed) continue;
        auto directory = directory_of(*candidate.outcome);
        auto [known, is_new] = synced.insert({directory, 0});
        if (is_new) known->second = sync_directory_of(directory);
        if (known->second != 0) candidate.fail(known->second, "sync the directory", directory);
    }
}

}  // namespace

std::vector<Publication> publish(std::span<const model::PublishRequest> requests,
                                 std::uint32_t default_mode) {
    std::vector<Candidate> candidates;
    candidates.reserve(requests.size());
    for (const auto& request : requests) candidates.push_back({.request = request, .fd = UniqueFd{}});
    for (auto& candidate : candidates) open_part(candidate, default_mode);
    sync_all(candidates);
    for (auto& candidate : candidates)
        if (candidate.is_alive() && !candidate.is_renamed) rename_part(candidate);
    sync_directories(candidates);

    std::vector<Publication> outcomes;
    outcomes.reserve(candidates.size());
    for (auto& candidate : candidates) outcomes.push_back(std::move(candidate.outcome));
    return outcomes;
}

}  // namespace haul::storage

#include "storage/destination.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::storage {
namespace {

Result<> check_name(const std::string& path, const std::string& shown) {
    if (!path.starts_with('/'))
        return fail(ErrorCode::InvalidArgument, shown + " is not an absolute path: write it from / on");
    if (path.size() > model::kMaxPath || path.find('\0') != path.npos)
        return fail(ErrorCode::InvalidArgument, shown + " is too long for a path, or has a NUL in it");
    if (path.size() - path.rfind('/') - 1 > NAME_MAX)
        return fail(ErrorCode::InvalidArgument,
                    shown + " has a name of more than " + std::to_string(NAME_MAX) + " bytes");
    return {};
}

bool is_directory(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<> check_directory(const std::string& path, const std::string& shown) {
    auto directory = path.substr(0, path.rfind('/') + 1);
    struct stat info {};
    if (::stat(directory.c_str(), &info) != 0)
        return fail(ErrorCode::DestinationDenied, shown +
                                                      ": its directory can't be used: " + errno_text(errno) +
                                                      (errno == ENOENT ? "; make it first" : ""));
    if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return fail(ErrorCode::DestinationDenied, shown + ": its directory can't be written: " +
                                                      errno_text(errno) + "; choose another one");
    return {};
}

}  // namespace

Result<model::Destination> check_destination(const model::DestinationWish& wish) {
    auto shown = "destination \"" + model::shorten(wish.path, 256) + "\"";
    if (auto named = check_name(wish.path, shown); !named) return tl::make_unexpected(named.error());
    auto path = wish.path;
    struct stat info {};
    bool is_taken = ::lstat(path.c_str(), &info) == 0;
    bool is_link = is_taken && S_ISLNK(info.st_mode);
    bool is_a_directory =
        path.ends_with('/') || (is_link ? is_directory(path) : is_taken && S_ISDIR(info.st_mode));
    if (is_a_directory && !path.ends_with('/')) path += '/';
    if (wish.filename && !is_a_directory)
        return fail(ErrorCode::InvalidArgument,
                    shown + " is no directory, so that option \"filename\" means nothing: leave it out");
    if (wish.filename) path += *wish.filename;
    if (auto reached = check_directory(path, shown); !reached) return tl::make_unexpected(reached.error());
    if (path.ends_with('/'))
        return model::Destination{path, wish.if_exists.value_or(model::IfExists::Rename)};
    model::Destination destination{path, wish.if_exists.value_or(model::IfExists::Fail)};
    if (wish.filename) is_taken = ::lstat(path.c_str(), &info) == 0;
    if (!is_taken) return destination;
    if (S_ISDIR(info.st_mode))
        return fail(ErrorCode::InvalidArgument, shown + " is a directory: give the name of the file too");
    if (destination.if_exists == model::IfExists::Fail)
        return fail(
            ErrorCode::DestinationExists,
            shown + " exists already: remove it, or set the option \"if-exists\" to replace or rename");
    return destination;
}

bool can_move(const std::string& path, const std::string& directory) {
    struct stat file {};
    struct stat target {};
    return ::lstat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
           ::stat(directory.c_str(), &target) == 0 && file.st_dev == target.st_dev;
}

}  // namespace haul::storage

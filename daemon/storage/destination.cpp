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
    auto name = path.substr(path.rfind('/') + 1);
    if (name.empty() || name == "." || name == "..")
        return fail(ErrorCode::InvalidArgument, shown + " names a directory: give the name of the file too");
    if (name.size() > NAME_MAX)
        return fail(ErrorCode::InvalidArgument,
                    shown + " has a name of more than " + std::to_string(NAME_MAX) + " bytes");
    return {};
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

Result<> check_destination(const std::string& path, model::IfExists if_exists) {
    auto shown = "destination \"" + model::shorten(path, 256) + "\"";
    if (auto named = check_name(path, shown); !named) return named;
    if (auto reached = check_directory(path, shown); !reached) return reached;
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return {};
    if (S_ISDIR(info.st_mode))
        return fail(ErrorCode::InvalidArgument, shown + " is a directory: give the name of the file too");
    if (if_exists == model::IfExists::Fail)
        return fail(
            ErrorCode::DestinationExists,
            shown + " exists already: remove it, or set the option \"if-exists\" to replace or rename");
    return {};
}

}  // namespace haul::storage

#include "storage/spooler.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"
#include "storage/snapshot.hpp"
#include "storage/source.hpp"

namespace haul::storage {
namespace {

using Quitting = Clerk<model::SpoolRequest>::Quitting;

constexpr std::size_t kCopiedAtOnce = 1024 * 1024;  ///< bytes that go through memory at once
constexpr std::size_t kStride = 16 * 1024 * 1024;   ///< bytes that the kernel copies before we look up again

/// One body on its way into the spool.
class Copy {
public:
    Copy(const model::SpoolRequest& request, const Quitting& is_quitting)
        : request_(request), is_quitting_(is_quitting) {}

    /// The file; no value where it had to break off. Nothing is left behind but a whole file.
    std::optional<Result<model::SourceFile>> make() {
        if (auto fits = check_room(); !fits) return tl::make_unexpected(fits.error());
        target_.reset(::open(request_.target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!target_) return target_trouble(errno);
        auto filled = fill();
        if (filled && !is_quitting_) return finish();
        ::unlink(request_.target.c_str());
        if (is_quitting_) return std::nullopt;
        return tl::make_unexpected(filled.error());
    }

private:
    using Fault = tl::unexpected<Error>;

    /// Its size is known before the first byte is copied.
    Result<> check_room() const {
        Bytes size = 0;
        for (const auto& piece : request_.pieces) {
            auto more = piece.is_file() ? piece.identity.size : piece.text.size();
            if (more > request_.most - size)
                return fail(ErrorCode::LimitExceeded,
                            "the body is larger than the " + std::to_string(request_.most) +
                                " bytes that spool-bytes-per-owner leaves: wait for other uploads to end, or "
                                "raise the limit");
            size += more;
        }
        return {};
    }

    Result<> fill() {
        for (const auto& piece : request_.pieces)
            if (auto done = piece.is_file() ? copy(piece) : write(piece.text); !done || is_quitting_)
                return done;
        return {};
    }

    Result<model::SourceFile> finish() {
        struct stat info {};
        int trouble = ::fsync(target_.get()) == 0 && ::fstat(target_.get(), &info) == 0
                          ? sync_directory_of(request_.target)
                          : errno;
        if (trouble == 0) return model::SourceFile{request_.target, identity_of(info), true};
        ::unlink(request_.target.c_str());
        return target_trouble(trouble);
    }

    Result<> copy(const model::SourcePiece& piece) {
        auto name =
            piece.path.empty() ? std::string{"the file of a descriptor"} : "file \"" + piece.path + "\"";
        OpenSource opened;
        if (!piece.fd) {
            auto outcome = open_source(piece.path);
            if (!outcome) {
                const auto& refusal = outcome.error();
                return fail(
                    ErrorCode::SourceUnreadable,
                    name + (refusal.error_number != 0 ? " can't be read: " + errno_text(refusal.error_number)
                                                      : " " + kind_of(refusal.info) + " now"));
            }
            opened = std::move(*outcome);
        }
        int from = piece.fd ? piece.fd.get() : opened.fd.get();
        ::posix_fadvise(from, 0, 0, POSIX_FADV_SEQUENTIAL);
        if (auto same = compare(from, piece, name); !same) return same;
        if (request_.is_reflink) return share(from);
        if (auto done = copy_bytes(from, piece.identity.size, name); !done || is_quitting_) return done;
        return compare(from, piece, name);
    }

    /// What the file is at this moment, whatever becomes of it.
    Result<> share(int from) {
        if (::ioctl(target_.get(), FICLONE, from) == 0) return {};
        return fail(ErrorCode::NotSupported, "no reflink in the spool: " + errno_text(errno));
    }

    static Result<> compare(int from, const model::SourcePiece& piece, const std::string& name) {
        struct stat info {};
        if (::fstat(from, &info) != 0)
            return fail(ErrorCode::SourceUnreadable, name + " can't be read: " + errno_text(errno));
        if (same_file(piece.identity, identity_of(info))) return {};
        return changed(name);
    }

    static Fault changed(const std::string& name) {
        return fail(ErrorCode::SourceUnreadable, name + " changed while it was copied: call again");
    }

    /// In the kernel as far as it can, which shares blocks where the file system does; then through memory.
    Result<> copy_bytes(int from, Bytes size, const std::string& name) {
        off_t at = 0;
        while (static_cast<Bytes>(at) < size && !is_quitting_) {
            auto stride = static_cast<std::size_t>(std::min<Bytes>(kStride, size - static_cast<Bytes>(at)));
            auto count = ::copy_file_range(from, &at, target_.get(), nullptr, stride, 0);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return pass_bytes(from, at, size, name);  // which tells whose fault it is
        }
        return {};
    }

    Result<> pass_bytes(int from, off_t at, Bytes size, const std::string& name) {
        std::vector<char> bytes(kCopiedAtOnce);
        while (static_cast<Bytes>(at) < size && !is_quitting_) {
            auto wanted =
                static_cast<std::size_t>(std::min<Bytes>(kCopiedAtOnce, size - static_cast<Bytes>(at)));
            auto count = ::pread(from, bytes.data(), wanted, at);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0)
                return fail(ErrorCode::SourceUnreadable, name + " can't be read: " + errno_text(errno));
            if (count == 0) return changed(name);
            if (auto done = write({bytes.data(), static_cast<std::size_t>(count)}); !done) return done;
            at += count;
        }
        return {};
    }

    Result<> write(std::string_view bytes) {
        while (!bytes.empty()) {
            auto count = ::write(target_.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return target_trouble(errno);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return {};
    }

    Fault target_trouble(int error_number) const {
        if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG)
            return fail(ErrorCode::LimitExceeded,
                        "no room on the disk that holds the spool: make some, or send "
                        "the file itself with option \"snapshot\" set to never");
        return fail(ErrorCode::JournalUnavailable,
                    "can't write " + request_.target + " in the spool: " + errno_text(error_number));
    }

    const model::SpoolRequest& request_;
    const Quitting& is_quitting_;
    UniqueFd target_;
};

}  // namespace

Spooler::Spooler(Sink sink)
    : sink_(std::move(sink)), clerk_([this](const model::SpoolRequest& request, const Quitting& is_quitting) {
          auto outcome = Copy{request, is_quitting}.make();
          if (outcome) sink_({request.number, std::move(*outcome)});
      }) {}

}  // namespace haul::storage

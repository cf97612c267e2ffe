#include "storage/inspector.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/unique_fd.hpp"

namespace haul::storage {
namespace {

constexpr std::size_t kPiece = 1024 * 1024;

using model::fact::Ending;
using Quitting = Clerk<model::PublishRequest>::Quitting;

Inspection look_at(model::PublishRequest request, const Quitting& is_quitting) {
    auto digests = std::exchange(request.digests, {});
    Inspection inspection{std::move(request), std::nullopt};
    const auto& path = inspection.request.part.path;
    UniqueFd file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file) return inspection;  // the publication knows what that means
    std::vector<Hasher> hashers;
    hashers.reserve(digests.size());
    for (const auto& digest : digests) hashers.emplace_back(digest.algorithm);
    std::vector<char> piece(kPiece);
    while (!is_quitting) {
        auto count = ::read(file.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            inspection.fault = to_trouble(errno, "read", path);
            return inspection;
        }
        if (count == 0) break;
        for (auto& hasher : hashers) hasher.update({piece.data(), static_cast<std::size_t>(count)});
    }
    for (std::size_t i = 0; i < digests.size(); ++i)
        if (auto found = hashers[i].finish(); found != digests[i] && !inspection.fault)
            inspection.fault = digest_mismatch(digests[i], found);
    return inspection;
}

}  // namespace

Trouble digest_mismatch(const Digest& promised, const Digest& found) {
    return {Ending::Final,
            "the checksum is wrong: expected " + to_text(promised) + ", the bytes have " + to_text(found),
            model::Reason::Checksum};
}

Inspector::Inspector(Sink sink)
    : sink_(std::move(sink)), clerk_([this](model::PublishRequest request, const Quitting& is_quitting) {
          auto inspection = look_at(std::move(request), is_quitting);
          if (!is_quitting) sink_(std::move(inspection));
      }) {}

}  // namespace haul::storage

#pragma once

#include <functional>
#include <optional>

#include "model/request.hpp"
#include "storage/clerk.hpp"
#include "storage/trouble.hpp"

namespace haul::storage {

/// A part file whose bytes were compared with their digests.
struct Inspection {
    model::PublishRequest request;  ///< without the digests
    std::optional<Trouble> fault;   ///< what is wrong with the bytes
};

/// Reads part files again whose digests could not be computed while they arrived: on a thread of its own, one
/// after another. Not for files of the default road: their digests are known when the last byte comes.
class Inspector {
public:
    /// The sink is called on the inspector's thread.
    using Sink = std::function<void(Inspection)>;

    /// Its end breaks off what is under way: it is asked for again after the next start.
    explicit Inspector(Sink sink);

    /// Any thread.
    void inspect(model::PublishRequest request) { clerk_.give(std::move(request)); }

private:
    Sink sink_;
    Clerk<model::PublishRequest> clerk_;
};

/// What to say where bytes have another digest than was promised.
Trouble digest_mismatch(const Digest& promised, const Digest& found);

}  // namespace haul::storage

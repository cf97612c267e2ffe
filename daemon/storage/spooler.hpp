#pragma once

#include <functional>

#include "model/request.hpp"
#include "storage/clerk.hpp"

namespace haul::storage {

/// Puts bodies together in the spool, on a thread of its own, one after another: copies of files, and forms.
/// A file appears whole and durable, or not at all; one that changes while it is copied is an error.
class Spooler {
public:
    /// The sink is called on the spooler's thread.
    using Sink = std::function<void(model::Spooled)>;

    /// Its end breaks off what is under way: the unfinished file is removed, and nothing told.
    explicit Spooler(Sink sink);

    /// Any thread.
    void spool(model::SpoolRequest request) { clerk_.give(std::move(request)); }

private:
    Sink sink_;
    Clerk<model::SpoolRequest> clerk_;
};

}  // namespace haul::storage

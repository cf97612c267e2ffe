#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_function.hpp"
#include "control/caller.hpp"
#include "control/create_request.hpp"
#include "control/settings.hpp"
#include "control/spool_ledger.hpp"
#include "model/fact.hpp"
#include "ports/files.hpp"

namespace haul::control {

/// Finds what uploads are to be read from, before their tasks are made: the file itself, a reflink, or a copy
/// or form that has to be put together in the spool first. Whatever is in the spool without a task that reads
/// it goes when the daemon starts.
///
/// The file of an upload with predecessors may be their work, so it is looked at when they have ended.
class SourceDesk {
public:
    using Then = UniqueFunction<void(Result<std::vector<CreateRequest>>)>;

    SourceDesk(ports::Files& files, SpoolLedger& ledger, const Settings& settings)
        : files_(files), ledger_(ledger), settings_(settings) {}

    /// Finds the source of each upload among the orders, and puts it there: at once, or when the last byte
    /// is copied. Where one fails, all do. Errors: SourceUnreadable, InvalidArgument, NotPermitted,
    /// LimitExceeded.
    void prepare(const Caller& caller, std::vector<Order> orders, Then then);
    /// Something that was asked for is in the spool, or can't be.
    void on_spooled(model::Spooled spooled);
    /// What the file of an upload is like now that its predecessors have ended: SourceFound or
    /// SourceLacking. `options` have their secrets.
    model::Fact look_again(const std::string& path, const model::Options& options) const;
    /// These requests came to no task.
    void discard(OwnerId owner, const std::vector<CreateRequest>& requests);

    bool is_busy() const { return !batches_.empty(); }

private:
    /// What was asked for in one call, while something of it is being copied.
    struct Batch {
        OwnerId owner;
        std::vector<CreateRequest> requests;
        Then then;
        std::size_t waits_for = 0;
        std::optional<Error> failure{};
    };
    /// A copy under way.
    struct Copy {
        std::uint64_t batch = 0;
        std::size_t request = 0;
        Bytes reserved = 0;
        std::optional<model::SourceFile> otherwise{};  ///< to be read where there can be no reflink
    };
    /// What has to be put together for one request; nothing where its source is found.
    using Pieces = std::optional<std::vector<model::SourcePiece>>;
    void spool(std::uint64_t batch, std::size_t request, std::vector<model::SourcePiece> pieces);

    Result<Pieces> find(const Caller& caller, Order& order);
    Result<Pieces> find_file(const Caller& caller, const model::Options& options, Order& order);
    Result<Pieces> find_form(const Caller& caller, const model::Options& options, Order& order);
    Result<> reserve(OwnerId owner, Bytes bytes);
    void finish(std::uint64_t number);
    std::string new_path() const;

    ports::Files& files_;
    SpoolLedger& ledger_;
    const Settings& settings_;
    std::map<std::uint64_t, Batch> batches_;
    std::map<std::uint64_t, Copy> copies_;
    std::uint64_t next_ = 1;
};

/// What files of the spool that uploads are read from are called.
inline constexpr const char* kSourceSuffix = ".source";

}  // namespace haul::control

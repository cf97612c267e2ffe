#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "base/unique_fd.hpp"
#include "loop/mailbox.hpp"
#include "model/request.hpp"
#include "storage/inspector.hpp"
#include "storage/publication.hpp"
#include "storage/spooler.hpp"

namespace haul::storage {

struct Synced {
    TaskId task;
    Attempt attempt;
    model::Coverage bytes;
};
/// Bytes of a part file are lost; a publication of this attempt gets no other report.
struct SyncFailed {
    TaskId task;
    Attempt attempt;
    std::string text;
};
struct Published {
    TaskId task;
    Attempt attempt;
    Publication outcome;
};
struct Discarded {
    std::uint64_t number = 0;
};
/// Everything asked for before `drain` is done.
struct Drained {};
using Report = std::variant<Synced, SyncFailed, Published, Discarded, Drained, model::Spooled>;

/// The storeroom's thread: whatever waits for the disk waits here. Its calls may come from every thread and
/// return at once; reports go to the sink, on the storeroom's thread or that of one who reads or copies for
/// it. Requests that come while it is busy make up the next group.
class Storeroom {
public:
    using Sink = std::function<void(std::vector<Report>)>;

    explicit Storeroom(Sink sink);
    /// Finishes what was asked for, but for reading again and copying: that is broken off.
    ~Storeroom();
    Storeroom(const Storeroom&) = delete;
    Storeroom& operator=(const Storeroom&) = delete;

    /// Makes these bytes of a part file durable.
    void sync(TaskId task, Attempt attempt, UniqueFd fd, model::Coverage bytes);
    /// After its bytes were compared with the digests that it names, if any.
    void publish(model::PublishRequest request);
    void discard(model::DiscardRequest request);
    /// Puts a body together in the spool; reports model::Spooled. No part of what `drain` waits for.
    void spool(model::SpoolRequest request);
    void drain();

private:
    struct Sync {
        TaskId task;
        Attempt attempt;
        UniqueFd fd;
        model::Coverage bytes;
    };
    struct Drain {};
    struct Quit {};
    using Request =
        std::variant<Sync, model::PublishRequest, model::DiscardRequest, model::SpoolRequest, Drain, Quit>;

    void run();
    void inspect(model::PublishRequest request);
    void put_together(model::SpoolRequest request);
    bool serve(std::vector<Request> requests);
    Report serve_sync(const Sync& sync);

    Sink sink_;
    std::uint32_t default_mode_;
    std::map<TaskId, Attempt> spoiled_;  ///< attempts that lost bytes; the thread's own
    loop::Mailbox<Request> mailbox_;
    std::optional<Inspector> inspector_;  ///< from the first file on whose bytes have to be read again
    std::optional<Spooler> spooler_;      ///< from the first body on that is put together
    std::thread thread_;
};

}  // namespace haul::storage

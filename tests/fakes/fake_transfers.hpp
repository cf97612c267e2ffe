#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/fake_disk.hpp"
#include "ports/transfers.hpp"

namespace haul::fakes {

/// What a URL leads to.
struct Entity {
    Bytes size = 0;
    std::string etag = "\"one\"";
    std::optional<Bytes> stalls_after{};  ///< so many bytes come, and then nothing more
    std::optional<Bytes> breaks_after{};  ///< likewise, and the connection ends
    std::string repr_digest{};            ///< the field's value, if any
    bool refuses_ranges = false;          ///< with status 416
    bool wants_credentials = false;       ///< Basic ones, whichever
};

/// Its bytes from `begin` to `end`; those of another entity tag are others.
std::string bytes_of(const Entity& entity, Bytes begin, Bytes end);

/// Transfers whose bytes are only counted, onto a FakeDisk. URLs without an entity answer with status 404. Of
/// several connections only the first one brings anything.
/// Reports are handed out by `deliver`, in the order in which they came about.
class FakeTransfers final : public ports::Transfers {
public:
    FakeTransfers(FakeDisk& disk, ports::TransferSink sink) : disk_(disk), sink_(std::move(sink)) {}

    std::map<std::string, Entity> entities;       ///< by URL
    std::vector<model::TransferRequest> started;  ///< all that were asked for
    std::vector<std::pair<TaskId, Attempt>> proceeded;
    std::vector<std::pair<TaskId, Attempt>> stopped;
    std::vector<model::TransferRequest> forgotten;
    model::Rates rates;                      ///< as set last
    std::uint64_t connections_per_host = 0;  ///< likewise
    std::function<void()> on_call = [] {};   ///< before anything is noted

    void start(model::TransferRequest request) override;
    void proceed(TaskId task, Attempt attempt) override;
    void stop(TaskId task, Attempt attempt) override;
    void forget(model::TransferRequest request) override;
    void set_rates(model::Rates wanted) override { rates = std::move(wanted); }
    void set_connections_per_host(std::uint64_t most) override { connections_per_host = most; }

    /// The server tells how far an upload is; where it is held, it waits for a commit.
    void move(TaskId task, model::UploadState state, bool is_held = false);
    /// The server has the whole upload, and answers.
    void answer(TaskId task, model::Reply reply);

    bool is_running(TaskId task) const { return running_.contains(task); }
    /// So many bytes more of an attempt that stalls.
    void receive(TaskId task, Bytes more);
    /// The rest comes.
    void finish(TaskId task);
    /// The attempt breaks off.
    void interrupt(TaskId task, model::fact::Ending ending, model::Reason reason = model::Reason::Connection);

    /// Hands out what was reported so far; false where there was nothing.
    bool deliver();

private:
    /// What waits for a commit.
    enum class Hold { None, Restart, Segments };
    struct Running {
        model::TransferRequest request;
        Entity entity;
        Bytes begun_at = 0;
        Hold hold = Hold::None;
        bool is_segmented = false;
    };

    FakeDisk::File& part_of(const Running& running) { return disk_.open(running.request.part.path); }
    static model::Entity entity_of(const Running& running);
    Running* find(TaskId task, Attempt attempt);
    void open(Running& running);
    bool is_kept_out(Running& running);
    void run(Running& running);
    void bring(Running& running);
    void interrupted(Running& running, model::fact::Interrupted fact);
    void report(const Running& running, model::Fact fact, bool last = false);

    FakeDisk& disk_;
    ports::TransferSink sink_;
    std::map<TaskId, Running> running_;
    std::deque<ports::TransferReport> reports_;
};

}  // namespace haul::fakes

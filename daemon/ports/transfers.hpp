#pragma once

#include <functional>
#include <vector>

#include "base/ids.hpp"
#include "model/fact.hpp"
#include "model/metrics.hpp"
#include "model/rates.hpp"
#include "model/request.hpp"

namespace haul::ports {

/// What happened in one attempt: one of the engine's facts.
struct TransferReport {
    TaskId task;
    Attempt attempt;
    model::Fact fact;
    /// Whether this is the attempt's last report. Each attempt that was started has exactly one, also one
    /// that was stopped; after it the part file is closed.
    bool last = false;
    std::vector<model::RequestMetrics> metrics{};  ///< of the attempt's requests; with its last report only
};

/// Where bytes are moved. Calls return at once; reports come later, on the core thread, through the sink that
/// the implementation was made with.
class Transfers {
public:
    virtual ~Transfers() = default;

    /// Begins an attempt. The part file is opened, or made.
    virtual void start(model::TransferRequest request) = 0;
    /// Lets an attempt that reported Restarted or Segmented go on: what it told is committed.
    virtual void proceed(TaskId task, Attempt attempt) = 0;
    /// Ends an attempt, keeping its bytes. Its last report is an Interrupted, unless another one was under
    /// way.
    virtual void stop(TaskId task, Attempt attempt) = 0;
    /// Tells the server, once and without a report, that it may forget the upload.
    virtual void forget(model::TransferRequest request) = 0;
    /// From now on these limits hold, also for attempts under way: all of them, in the place of those before.
    /// At first there are none.
    virtual void set_rates(model::Rates rates) = 0;
    /// From now on tasks that want several connections have together so many to a host.
    virtual void set_connections_per_host(std::uint64_t most) = 0;
};

using TransferSink = std::function<void(TransferReport)>;

}  // namespace haul::ports

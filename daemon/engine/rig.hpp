#pragma once

#include <vector>

#include "engine/connection_pools.hpp"
#include "engine/host_budget.hpp"
#include "engine/job.hpp"
#include "engine/multi.hpp"
#include "model/rate_limiter.hpp"
#include "ports/transfers.hpp"
#include "storage/storeroom.hpp"

namespace haul::engine {

/// What all jobs share; outlives them.
struct Rig {
    Multi& multi;
    ConnectionPools& pools;
    HostBudget& budget;
    model::RateLimiter& limiter;
    const ports::TransferSink& sink;
    storage::Storeroom& storeroom;
    std::vector<Job*>& restless;  ///< those that want `recruit` called when libcurl has returned
};

}  // namespace haul::engine

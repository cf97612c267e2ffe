#pragma once

#include <thread>

#include "engine/worker.hpp"
#include "ports/transfers.hpp"

namespace haul::engine {

/// The hands: HTTP and HTTPS with libcurl on a thread of their own. The sink is called on that thread.
class Engine final : public ports::Transfers {
public:
    Engine(ports::TransferSink sink, storage::Storeroom& storeroom, const EngineSettings& settings);
    /// Stops every transfer, each with its last report.
    ~Engine() override;

    void start(model::TransferRequest request) override;
    void proceed(TaskId task, Attempt attempt) override;
    void stop(TaskId task, Attempt attempt) override;
    void forget(model::TransferRequest request) override;
    void set_rates(model::Rates rates) override;
    void set_connections_per_host(std::uint64_t most) override;
    /// Breaks connections off whose own address is gone.
    void drop_stranded() { worker_.post(DropStranded{}); }

private:
    Worker worker_;
    std::thread thread_;
};

}  // namespace haul::engine

#pragma once

#include <memory>

#include "engine/job.hpp"
#include "engine/rig.hpp"
#include "engine/upload_lane.hpp"

namespace haul::engine {

/// Tells a server once that it may forget an upload. Nobody waits for it, and nothing comes of it: a server
/// that does not hear it forgets the upload when its time is over.
class Farewell final : public Job, public SendDesk {
public:
    Farewell(model::TransferRequest request, const Rig& rig);
    ~Farewell() override;

    void start() override;
    void proceed() override {}
    void stop() override { over_ = true; }
    void tick(Instant now) override;

private:
    std::size_t hand_out(const model::UploadAsk&, Bytes, char*, std::size_t) override {
        return CURL_READFUNC_ABORT;
    }
    void on_interim(const model::UploadAsk&, const model::UploadAnswer&) override {}
    void on_done(UploadLane& lane, CURLcode code);

    Rig rig_;
    std::unique_ptr<UploadLane> lane_;
    Instant started_;
};

}  // namespace haul::engine

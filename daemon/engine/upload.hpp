#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/job.hpp"
#include "engine/rig.hpp"
#include "engine/upload_lane.hpp"
#include "model/fact.hpp"
#include "model/rate_limiter.hpp"
#include "model/upload.hpp"
#include "storage/source_reader.hpp"

namespace haul::engine {

/// One attempt of an upload: a source file, and the requests that its protocol makes of it one after another,
/// or several at the same time. All on the engine's thread.
///
/// What the server said last is `state_`, and the journal learns of each change. A request that may make the
/// server act, and that must not be made twice, is held back before its last piece until the journal knows
/// that it may have been made.
class Upload final : public Job, public SendDesk {
public:
    Upload(model::TransferRequest request, const Rig& rig);
    ~Upload() override;

    void start() override;
    void proceed() override;
    void stop() override;
    void go_on() override;
    void tick(Instant now) override;

private:
    std::size_t hand_out(const model::UploadAsk& asked, Bytes at, char* to, std::size_t size) override;
    void on_interim(const model::UploadAsk& asked, const model::UploadAnswer& answer) override;

    const model::UploadPlan& plan() const { return request_.upload->plan; }
    const model::UploadStrategy& strategy() const { return model::strategy_of(state_.protocol); }
    UploadLane* free_lane();
    std::vector<std::uint32_t> busy_parts() const;
    void ask_next();
    void begin(UploadLane& lane, model::UploadAsk ask);
    void set_off(UploadLane& lane, model::UploadAsk ask);
    bool needs_commit(const model::UploadAsk& ask) const;
    void hold();
    bool add_checksum(model::UploadAsk& ask);
    void on_done(UploadLane& lane, CURLcode code);
    std::optional<model::fact::Interrupted> find_failure(const UploadLane& lane, CURLcode code) const;
    void judge(UploadLane& lane);
    model::UploadVerdict judge_status(const UploadLane& lane, model::UploadVerdict verdict) const;
    void begin_anew(Bytes lost, model::UploadVerdict verdict);
    void on_answered(UploadLane& lane);
    void ask_who(const UploadLane& lane, std::string text);
    bool check_source();
    void check_silence(Instant now);
    Bytes bytes_done() const;
    void tell_state();
    void tell_progress();
    void interrupted(model::fact::Ending ending, model::Reason reason, std::string text);
    void interrupted(const storage::Trouble& trouble);
    void interrupted(model::fact::Interrupted fact);
    void report(model::Fact fact, bool last = false);

    Rig rig_;
    model::UploadState state_;
    model::UploadState told_;  ///< as last reported
    std::optional<storage::SourceReader> source_;
    std::vector<std::unique_ptr<UploadLane>> lanes_;
    std::vector<UploadLane*> busy_;
    model::RateShare share_;
    std::optional<storage::Trouble> trouble_;  ///< why we broke the attempt off ourselves
    std::optional<model::UploadAsk> held_;     ///< a request that waits for a commit as a whole
    std::uint16_t status_ = 0;                 ///< of the last answer
    bool is_held_ = false;                     ///< whether nothing is handed out until a commit
    bool is_known_ = false;                    ///< whether the server has what the state says, no more
    Bytes start_offset_ = 0;
    Bytes told_done_ = 0;
};

}  // namespace haul::engine

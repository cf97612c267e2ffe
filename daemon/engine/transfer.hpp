#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "engine/job.hpp"
#include "engine/lane.hpp"
#include "engine/rig.hpp"
#include "model/fact.hpp"
#include "model/rate_limiter.hpp"
#include "model/request.hpp"
#include "model/segments.hpp"
#include "ports/transfers.hpp"
#include "storage/part_file.hpp"
#include "storage/storeroom.hpp"

namespace haul::engine {

/// One attempt of a download: a part file and the lanes that fill it. All on the engine's thread.
///
/// Its life: start -> the first lane's answer tells which entity it is -> where that may be fetched in pieces
/// and the client wants it, `Segmented` is committed and more lanes begin -> each lane that has reached its
/// goal takes over half of what another one has still to bring -> the last report. A lane that fails leaves
/// its span to the others; the last one's failure is the attempt's.
class Transfer final : public Job {
public:
    Transfer(model::TransferRequest request, const Rig& rig);
    ~Transfer() override;

    void start() override;
    /// The lane's request is over.
    void on_done(Lane& lane, CURLcode code);
    void proceed() override;
    void stop() override;
    void go_on() override;
    void rest() override;
    /// Besides: syncs, more or fewer lanes.
    void tick(Instant now) override;
    void recruit() override;
    bool give_way() override;

    // What lanes ask while an answer comes in: from within libcurl.
    const model::Wish& wish() const { return wish_; }
    /// Whether the client asked for a coded body, and for the file without the coding.
    bool undoes_codings() const { return request_.options.compressed.value_or(false); }
    model::PartState part_state(Lane& lane);
    /// Whether the attempt can't go on.
    bool is_doomed() const { return trouble_.has_value(); }
    model::RateShare& share() { return share_; }
    /// Whether the lane's answer may be written.
    bool accept(Lane& lane);
    /// Likewise, after what is there has gone: it is, and the lane holds its bytes back until `proceed`.
    bool restart(Lane& lane);
    /// Writes a lane's bytes. False where the attempt can't go on.
    bool write(Lane& lane, std::string_view bytes);

private:
    /// What waits for a commit.
    enum class Hold : std::uint8_t { None, Restart, Segments };

    Lane* add_lane();
    void begin_lane(Lane& lane, model::Span span);
    void retire(Lane& lane);
    void count_costs(Lane& lane);
    void hand_back();
    bool give_up_bytes(Lane& lane);
    bool check_sizes(Lane& lane);
    bool make_room();
    void learn(Lane& lane);
    void promise();
    void on_end(Lane& lane, CURLcode code);
    void go_on(Lane& lane);
    void on_goal(Lane& lane);
    void on_failure(Lane& lane, LaneEnd end);
    void end_with(LaneEnd end, const Lane& lane);
    bool may_have_more_lanes() const;
    std::uint32_t lanes_wanted() const;
    std::optional<model::Span> next_span();
    std::vector<model::Runner> runners() const;
    void check_silence(Instant now);
    void measure_speed(Instant now);
    Bytes arrived_bytes() const;
    model::Coverage coverage() const;
    bool flush();
    void tell_began();
    void tell_progress();
    void sync();
    void arrived();
    void interrupted(model::fact::Ending ending, model::Reason reason, std::string text);
    void interrupted(const storage::Trouble& trouble);
    void interrupted(model::fact::Interrupted fact);
    void report(model::Fact fact, bool last = false);

    Rig rig_;
    model::Wish wish_;
    std::optional<storage::PartFile> part_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::uint32_t lanes_made_ = 0;
    std::uint32_t lanes_allowed_;  ///< fewer after each that failed without a byte
    std::optional<model::Ramp> ramp_;
    model::RateShare share_;       ///< of all lanes together
    std::size_t first_to_go_ = 0;  ///< the lane that may use the allowance first
    model::Coverage done_;         ///< without what the present lanes have brought
    model::Entity entity_;         ///< of the bytes in the part file
    std::vector<Digest> promised_;
    std::vector<Hasher> hashers_;  ///< one for each promise, while the bytes come in order
    std::vector<model::RequestMetrics> metrics_;
    Hold hold_ = Hold::None;
    std::optional<CURLcode> held_code_;        ///< the request's end while its body is held
    std::optional<storage::Trouble> trouble_;  ///< why we broke the transfer off ourselves
    bool is_elsewhere_ = false;                ///< likewise: other sources are asked first
    bool is_established_ = false;              ///< whether the attempt's first answer was accepted
    bool accepts_ranges_ = false;
    bool is_segmented_ = false;
    bool has_lane_trouble_ = false;  ///< whether a connection beside the first one brought nothing
    bool began_told_ = false;
    Bytes start_bytes_ = 0;  ///< in the part file, when this attempt's first body began
    Bytes told_ = 0;         ///< as last reported
    Bytes synced_ = 0;       ///< as last handed to the storeroom
    Bytes arrived_since_sync_ = 0;
    Instant synced_at_;
    Instant measured_at_;
};

}  // namespace haul::engine

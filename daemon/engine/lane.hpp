#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/exchange.hpp"
#include "engine/inflater.hpp"
#include "engine/job.hpp"
#include "engine/read_gauge.hpp"
#include "model/fact.hpp"
#include "model/resume_rule.hpp"
#include "storage/part_writer.hpp"

namespace haul::engine {

class Transfer;

/// How a lane's request ended, as far as the attempt is concerned.
struct LaneEnd {
    enum class Kind : std::uint8_t {
        Done,         ///< the goal is reached
        More,         ///< the answer was complete, but its range was shorter than the goal
        Look,         ///< the range was refused: a look at the whole is due
        Whole,        ///< the look tells that nothing is missing
        NotModified,  ///< the client has it already
        Failed,       ///< what follows says how
    };
    Kind kind{};
    model::fact::Ending ending{};
    model::Reason reason = model::Reason::None;
    std::string text{};
    std::vector<model::Challenge> challenges{};
    std::string challenger{};  ///< redacted URL of who wants credentials
    bool is_proxy = false;     ///< whether that is a proxy that refused a tunnel
};

/// One of an attempt's connections: asks for a span of the file and writes the bytes that come to their
/// place. An answer's head is judged as soon as it is complete; a body that does not fit never reaches the
/// file.
class Lane final : public Errand, private Exchange::Reader {
public:
    /// The transfer owns it.
    Lane(Transfer& transfer, const model::TransferRequest& request, CURLSH* pool, std::uint32_t number);

    Job& job() override;
    void on_done(CURLcode code) override;
    Exchange& exchange() { return exchange_; }
    const Exchange& exchange() const { return exchange_; }
    CURL* handle() const { return exchange_.handle(); }

    /// Asks for these bytes, to be written by this writer from where it stands.
    void begin(const model::RangeRequest& asked, storage::PartWriter writer, Bytes goal);
    /// Asks for the whole, to see what became of the entity.
    void look();
    /// What was held back may be written now.
    void proceed();
    /// Writes there from now on.
    void rewind(storage::PartWriter writer) { writer_ = std::move(writer); }
    /// Gives up what this lane was to bring from `at` on: another one does.
    void cut(Bytes at) { goal_ = at; }

    /// Its request is over, and no other one follows.
    LaneEnd end(CURLcode code);

    const model::RangeRequest& asked() const { return asked_; }
    const model::Judgement& judgement() const { return judgement_; }
    storage::PartWriter* writer() { return writer_ ? &*writer_ : nullptr; }
    model::Span brought() const { return {writer_->begin(), writer_->written()}; }
    model::Span left() const { return {writer_->end(), goal_}; }
    /// Whether everything is there that it was to bring, though the answer goes on.
    bool is_sated() const { return body_ == Body::Written && writer_->end() >= goal_ && judged_end_ > goal_; }
    bool is_looking() const { return is_looking_; }
    /// What waits may come now, where the limits allow it.
    void go_on();
    /// What comes waits for the next round of the limits.
    void rest();
    /// Whether it reads nothing because it may not.
    bool is_paused() const { return pause_ == Pause::Limit; }
    bool is_held() const { return body_ == Body::Held; }
    bool is_writing() const { return body_ == Body::Written; }
    /// Gives back memory that the speed of the answer does not need.
    void shrink_buffer();
    /// Takes up again what another lane was to bring from its goal on and did not, as far as its own answer
    /// goes.
    void take_back(model::Span span);
    /// Bytes a second since the last call.
    double measure_speed(Instant now);
    double speed() const { return speed_; }
    /// Whether this lane brought any byte at all.
    bool has_progressed() const { return writer_ && writer_->end() > writer_->begin(); }

private:
    /// What becomes of the bytes of the answer's body.
    enum class Body : std::uint8_t {
        None,     ///< no head yet
        Written,  ///< into the part file
        Held,     ///< kept back until `proceed`
        Dropped,  ///< a little of it read and thrown away, so that the connection can be used again
    };

    /// Why nothing is read.
    enum class Pause : std::uint8_t {
        None,
        Rest,   ///< until the next round of the limits; whether there is anything to read is not known
        Limit,  ///< until the limits allow it
    };

    void ask(const model::RangeRequest& request);
    bool on_head() override;
    void judge();
    std::size_t on_body(std::string_view bytes) override;
    std::size_t write(std::string_view bytes);
    bool write_within_bounds(std::string_view bytes);
    bool is_coding_known() const;
    LaneEnd end_unwanted();
    LaneEnd end_body(CURLcode code);

    Transfer& transfer_;
    Exchange exchange_;
    std::optional<storage::PartWriter> writer_;
    std::optional<Inflater> inflater_;  ///< where the client asked for a coding and the server used it
    model::RangeRequest asked_;
    model::Judgement judgement_;
    Body body_ = Body::None;
    Pause pause_ = Pause::None;
    bool is_looking_ = false;
    bool is_broken_off_ = false;  ///< whether bytes of the answer were refused already
    bool is_overlong_ = false;    ///< whether the answer went on behind the end that it had announced
    Bytes goal_ = 0;              ///< behind the last byte that it is to bring
    Bytes judged_end_ = 0;        ///< behind the last byte of the answer's body, as its head has it
    Bytes dropped_ = 0;
    ReadGauge gauge_;
    Instant measured_at_;
    Bytes measured_end_ = 0;
    double speed_ = 0;
};

}  // namespace haul::engine

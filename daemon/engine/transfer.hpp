#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "engine/read_gauge.hpp"
#include "model/fact.hpp"
#include "model/request.hpp"
#include "model/response.hpp"
#include "model/resume_rule.hpp"
#include "ports/transfers.hpp"
#include "storage/part_file.hpp"
#include "storage/storeroom.hpp"

namespace haul::engine {

using Instant = std::chrono::steady_clock::time_point;

/// One attempt of a download: a libcurl easy handle that writes into a part file. The worker adds the handle
/// to its multi handle and calls the functions below; libcurl calls the callbacks. All on the engine's
/// thread.
///
/// Its life: prepare -> [request -> finish -> redirected: request again] -> the last report. A response's
/// head is judged as soon as it is complete; a body that does not fit never reaches the file.
class Transfer {
public:
    Transfer(model::TransferRequest request, const ports::TransferSink& sink, storage::Storeroom& storeroom);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    TaskId task() const { return request_.task; }
    Attempt attempt() const { return request_.attempt; }
    CURL* handle() const { return easy_.get(); }

    /// Opens the part file and sets the handle up. False where the attempt is over already: its last report
    /// is sent.
    bool prepare();
    /// Whether what `finish` says needs another request on the same handle.
    enum class Next : std::uint8_t { Done, Request, Held };
    /// The handle's request is over. After Done the last report is sent; Held: it waits for `proceed`.
    Next finish(CURLcode code);
    /// What was told with Restarted is committed. True where the request was over already and `finish` is due
    /// again.
    bool proceed();
    /// Ends the attempt from outside and sends the last report.
    void stop();
    /// Half-second housekeeping: progress, syncs. False where the request timeout is over: the last report is
    /// sent.
    bool tick(Instant now);

private:
    struct Cleanup {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    /// What becomes of the bytes of the response's body.
    enum class Body : std::uint8_t {
        None,     ///< no head yet
        Written,  ///< into the part file
        Held,     ///< kept back until `proceed`
        Dropped,  ///< a little of it read and thrown away, so that the connection can be used again
    };

    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;

    void set_up_request();
    void set_up_headers();
    void on_head();
    bool write(std::string_view bytes);
    bool check_sizes(const model::Judgement& judgement);
    void begin_body(const model::Judgement& judgement);
    void restart(const model::Judgement& judgement);
    void tell_began();
    void tell_progress();
    void sync();
    bool flush();
    Next follow_redirect();
    Next finish_body(CURLcode code);
    void arrived();
    void interrupted(model::fact::Ending ending, model::Reason reason, std::string text);
    void report(model::Fact fact, bool last = false);

    model::TransferRequest request_;
    const ports::TransferSink& sink_;
    storage::Storeroom& storeroom_;
    std::unique_ptr<CURL, Cleanup> easy_;
    std::unique_ptr<curl_slist, Cleanup> headers_;
    char error_[CURL_ERROR_SIZE] = {};

    std::optional<storage::PartFile> part_;
    model::RangeRequest asked_;
    model::ResponseHead head_;
    model::Judgement judgement_;
    Body body_ = Body::None;
    std::optional<storage::Trouble> trouble_;  ///< why we broke the transfer off ourselves
    std::string limit_;                        ///< likewise, where a size limit did it
    std::optional<CURLcode> held_code_;        ///< the request's end while its body is held
    std::string url_;                          ///< of the present hop
    std::uint32_t hops_ = 0;
    bool crossed_origin_ = false;
    bool began_told_ = false;
    bool over_ = false;     ///< the last report is sent
    Bytes start_size_ = 0;  ///< of the part file, when this attempt's body began
    Bytes dropped_ = 0;
    Bytes told_ = 0;    ///< as last reported
    Bytes synced_ = 0;  ///< as last handed to the storeroom
    ReadGauge gauge_;
    Instant synced_at_;
    Instant active_at_;  ///< when the last byte came
};

}  // namespace haul::engine

#pragma once

#include <functional>
#include <string>

#include "engine/exchange.hpp"
#include "engine/job.hpp"
#include "model/reply.hpp"
#include "model/upload.hpp"

namespace haul::engine {

/// Who hands out what an upload's lanes send. Called from within libcurl.
class SendDesk {
public:
    virtual ~SendDesk() = default;
    /// The next bytes of the request, from `at` of its body on: how many, CURL_READFUNC_PAUSE or
    /// CURL_READFUNC_ABORT.
    virtual std::size_t hand_out(const model::UploadAsk& asked, Bytes at, char* to, std::size_t size) = 0;
    /// An interim answer has come.
    virtual void on_interim(const model::UploadAsk& asked, const model::UploadAnswer& answer) = 0;
};

/// One of an upload's connections: makes a request, hands its body out, and keeps the answer.
class UploadLane final : public Errand, private Exchange::Reader {
public:
    /// Calls `on_done` of the upload that owns it.
    using OnDone = std::function<void(UploadLane&, CURLcode)>;

    UploadLane(Job& upload, SendDesk& desk, OnDone on_done, const model::TransferRequest& request,
               CURLSH* pool, std::uint32_t number);

    Job& job() override { return upload_; }
    void on_done(CURLcode code) override { on_done_(*this, code); }
    Exchange& exchange() { return exchange_; }
    const Exchange& exchange() const { return exchange_; }
    CURL* handle() const { return exchange_.handle(); }

    /// Sets the request up.
    void begin(model::UploadAsk asked, bool must_not_repeat);
    const model::UploadAsk& asked() const { return asked_; }
    /// Bytes of the request's body that have been handed out.
    Bytes sent() const { return sent_; }
    Bytes body_size() const;
    bool is_all_sent() const { return sent_ == body_size(); }
    bool has_head() const { return exchange_.head().is_final(); }
    /// The answer, when its head is there.
    model::UploadAnswer answer() const;
    /// The answer as its client sees it.
    model::Reply take_reply();
    /// Looks whether bytes have gone since the last look: a peer that reads slowly is not silent.
    void watch();
    bool is_paused() const { return is_paused_; }
    /// What waited may go on.
    void unpause();

private:
    bool on_head() override;
    std::size_t on_body(std::string_view bytes) override;
    void on_interim() override;
    std::size_t on_send(char* to, std::size_t size) override;
    void on_rewind() override;

    Job& upload_;
    SendDesk& desk_;
    OnDone on_done_;
    Exchange exchange_;
    model::UploadAsk asked_;
    Bytes sent_ = 0;
    Bytes gone_ = 0;  ///< as seen last
    std::string body_;
    bool is_truncated_ = false;
    bool is_paused_ = false;
};

}  // namespace haul::engine

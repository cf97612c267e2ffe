#pragma once

#include <curl/curl.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/exchange.hpp"
#include "model/fact.hpp"
#include "model/limits.hpp"
#include "model/rate_limiter.hpp"
#include "model/request.hpp"
#include "model/url.hpp"
#include "ports/transfers.hpp"

namespace haul::engine {

/// One attempt of a task, on the engine's thread: a download's Transfer or an Upload.
class Job {
public:
    explicit Job(model::TransferRequest request) : request_(std::move(request)) {
        if (auto url = model::parse_url(request_.url)) origin_ = url->origin();
    }
    virtual ~Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    TaskId task() const { return request_.task; }
    Attempt attempt() const { return request_.attempt; }
    const std::string& origin() const { return origin_; }
    /// The last report is sent: nothing more is to be called.
    bool is_over() const { return over_; }

    /// Opens the file and begins the first request.
    virtual void start() = 0;
    /// What was told and had to be committed first is.
    virtual void proceed() = 0;
    /// Ends the attempt from outside.
    virtual void stop() = 0;
    /// Lets go on what waits for a limit to allow it.
    virtual void go_on() {}
    /// What has moved what came since the last round of the limits waits for the next one: so the engine
    /// wakes as often as there are rounds, and not with each packet.
    virtual void rest() {}
    /// Half-second housekeeping: timeouts, progress.
    virtual void tick(Instant now) = 0;
    /// Begins more connections where that is wanted and allowed.
    virtual void recruit() {}
    /// Gives one of several connections up, for another job with this origin. False where there is only one.
    virtual bool give_way() { return false; }

protected:
    static model::fact::Interrupted interruption(model::fact::Ending ending, model::Reason reason,
                                                 std::string text) {
        model::fact::Interrupted fact;
        fact.ending = ending;
        fact.reason = reason;
        fact.text = std::move(text);
        return fact;
    }
    void send(const ports::TransferSink& sink, model::Fact fact) {
        sink({.task = task(), .attempt = attempt(), .fact = std::move(fact)});
    }
    /// The attempt's last report, with the newest of its metrics.
    void send_last(const ports::TransferSink& sink, model::Fact fact,
                   std::vector<model::RequestMetrics> metrics) {
        over_ = true;
        auto extra = metrics.size() - std::min(metrics.size(), model::kMaxRequestsKept);
        metrics.erase(metrics.begin(), metrics.begin() + static_cast<std::ptrdiff_t>(extra));
        sink({.task = task(),
              .attempt = attempt(),
              .fact = std::move(fact),
              .last = true,
              .metrics = std::move(metrics)});
    }

    model::RateTerms rate_terms() const {
        return {.session = request_.session,
                .own = request_.options.max_rate,
                .is_background = request_.is_background};
    }

    model::TransferRequest request_;
    std::string origin_;
    bool over_ = false;
};

/// What a handle in the multi handle is there for, by CURLINFO_PRIVATE.
class Errand {
public:
    virtual ~Errand() = default;
    virtual Job& job() = 0;
    /// The handle's request is over.
    virtual void on_done(CURLcode code) = 0;
};

}  // namespace haul::engine

#pragma once

#include <curl/curl.h>

#include <string>
#include <utility>

#include "engine/exchange.hpp"
#include "model/request.hpp"
#include "model/url.hpp"

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
    /// Lets go on what waits for the rate to allow it. Whether something still waits.
    virtual bool keep_rate(Instant now) = 0;
    /// Half-second housekeeping: timeouts, progress.
    virtual void tick(Instant now) = 0;
    /// Begins more connections where that is wanted and allowed.
    virtual void recruit() {}
    /// Gives one of several connections up, for another job with this origin. False where there is only one.
    virtual bool give_way() { return false; }

protected:
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

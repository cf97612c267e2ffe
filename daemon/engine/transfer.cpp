#include "engine/transfer.hpp"

#include <algorithm>

#include "engine/curl_outcome.hpp"
#include "engine/receive_buffers.hpp"
#include "model/limits.hpp"
#include "model/redirect.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::engine {

using model::Reason;
using model::Verdict;
using model::fact::Ending;

namespace {

constexpr Bytes kDropped = 64 * 1024;  // more of an unwanted body than this costs more than a new connection
constexpr Bytes kWorthResuming =
    256 * 1024;  // from here on the journal learns at once what the bytes belong to
constexpr Bytes kSyncBytes = 64 * 1024 * 1024;
constexpr auto kSyncInterval = std::chrono::seconds{5};

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    [[maybe_unused]] auto code = curl_easy_setopt(easy, option, value);
}

}  // namespace

Transfer::Transfer(model::TransferRequest request, const ports::TransferSink& sink,
                   storage::Storeroom& storeroom)
    : request_(std::move(request)), sink_(sink), storeroom_(storeroom), url_(request_.url) {}

Transfer::~Transfer() = default;

bool Transfer::prepare() {
    auto part = storage::PartFile::open(request_.part);
    if (!part) {
        trouble_ = part.error();
        interrupted(trouble_->ending, Reason::Destination, trouble_->text);
        return false;
    }
    part_ = std::move(*part);
    start_size_ = told_ = synced_ = part_->size();
    active_at_ = synced_at_ = std::chrono::steady_clock::now();
    bool is_whole = request_.total && part_->size() == *request_.total && part_->size() > 0;
    if (is_whole && model::can_continue(request_.validator)) {
        arrived();
        return false;
    }
    asked_ = model::plan_request(
        {.size = part_->size(), .total = request_.total, .validator = request_.validator});
    easy_.reset(curl_easy_init());
    if (!easy_) {
        interrupted(Ending::Retry, Reason::Connection, "out of memory");
        return false;
    }
    set_up_request();
    return true;
}

void Transfer::set_up_request() {
    auto* easy = easy_.get();
    curl_easy_reset(easy);
    set_up_headers();
    set(easy, CURLOPT_PRIVATE, this);
    set(easy, CURLOPT_URL, url_.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_HTTPHEADER, headers_.get());
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT,
        1L);  // a name that doesn't resolve must not hold up the others when it is given up
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(easy, CURLOPT_BUFFERSIZE, static_cast<long>(kReceiveBuffer));
    set(easy, CURLOPT_ERRORBUFFER, error_);
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, 0x7fffffffL);  // ours is the request timeout, in `tick`
    if (!request_.ca_file.empty()) set(easy, CURLOPT_CAINFO, request_.ca_file.c_str());
    if (asked_.offset > 0) set(easy, CURLOPT_RANGE, (std::to_string(asked_.offset) + "-").c_str());
    set(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(easy, CURLOPT_WRITEDATA, this);
    head_ = {};
    body_ = Body::None;
    dropped_ = 0;
    error_[0] = 0;
}

/// What the client set goes to the origin that it named, and to no other.
void Transfer::set_up_headers() {
    curl_slist* list = nullptr;
    auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
    bool has_agent = false;
    if (!crossed_origin_)
        for (const auto& [name, value] : request_.headers) {
            add(value.empty() ? name + ";" : name + ": " + value);
            has_agent = has_agent || model::same_name(name, "user-agent");
        }
    if (!has_agent) add("User-Agent: haul/" HAUL_VERSION);
    add("Accept-Encoding: identity");
    if (asked_.offset > 0) add("If-Range: " + asked_.if_range);
    headers_.reset(list);
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.active_at_ = std::chrono::steady_clock::now();
    bool had_head = transfer.head_.is_complete() && transfer.head_.status() >= 200;
    transfer.head_.take({bytes, size * count});
    if (!had_head && transfer.head_.is_complete() && transfer.head_.status() >= 200) transfer.on_head();
    if (transfer.head_.is_oversize())
        transfer.limit_ = "the header of the server's answer is larger than " +
                          std::to_string(model::kMaxResponseHeaders) + " bytes";
    return transfer.trouble_ || transfer.head_.is_oversize() ? 0 : size * count;
}

/// The head of the final response is there: decides what becomes of its body.
void Transfer::on_head() {
    auto validator =
        model::usable_validator(head_, modified_before_date(head_.last_modified(), head_.date()));
    judgement_ =
        model::judge({.size = part_->size(), .total = request_.total, .validator = request_.validator},
                     asked_, head_, validator);
    body_ = Body::Dropped;
    switch (judgement_.verdict) {
        case Verdict::FromStart:
        case Verdict::Continue:
            if (check_sizes(judgement_)) begin_body(judgement_);
            return;
        case Verdict::Restart:
            if (check_sizes(judgement_)) restart(judgement_);
            return;
        case Verdict::Refetch:
        case Verdict::Redirect:
        case Verdict::Retry:
        case Verdict::Fail:
            return;
    }
}

/// Whether the sizes that the client gave allow this entity; if not, the attempt has failed.
bool Transfer::check_sizes(const model::Judgement& judgement) {
    if (!judgement.total) return true;
    if (request_.max_size && *judgement.total > *request_.max_size)
        limit_ = "the file has " + std::to_string(*judgement.total) + " bytes, and max-size allows " +
                 std::to_string(*request_.max_size);
    if (request_.expected_size && *judgement.total != *request_.expected_size) {
        judgement_.verdict = Verdict::Fail;
        judgement_.reason = Reason::Changed;
        judgement_.text = "the file has " + std::to_string(*judgement.total) + " bytes, and " +
                          std::to_string(*request_.expected_size) + " were expected";
        return false;
    }
    return limit_.empty();
}

void Transfer::begin_body(const model::Judgement& judgement) {
    if (judgement.verdict == Verdict::FromStart && part_->size() > 0) {
        if (auto cleared = part_->clear(); !cleared) {
            trouble_ = cleared.error();
            return;
        }
        start_size_ = told_ = synced_ = 0;
    }
    body_ = Body::Written;
    request_.validator = judgement.validator;
    request_.total = judgement.total;
    began_told_ = judgement.verdict == Verdict::Continue;
}

/// The journal still holds the validator of other bytes. They go first, then the journal learns of the new
/// entity, and only then its bytes are written: whenever we crash, the two fit each other.
void Transfer::restart(const model::Judgement& judgement) {
    if (auto cleared = part_->clear(); !cleared) {
        trouble_ = cleared.error();
        return;
    }
    body_ = Body::Held;
    start_size_ = told_ = synced_ = 0;
    request_.validator = judgement.validator;
    request_.total = judgement.total;
    began_told_ = true;
    report(model::fact::Restarted{{judgement.validator, judgement.total, head_.status(), 0}, judgement.text});
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    auto length = size * count;
    transfer.active_at_ = std::chrono::steady_clock::now();
    switch (transfer.body_) {
        case Body::Held:
            return CURL_WRITEFUNC_PAUSE;
        case Body::Written:
            return transfer.write({bytes, length}) ? length : 0;
        case Body::None:
        case Body::Dropped:
            break;
    }
    transfer.dropped_ += length;
    return transfer.dropped_ > kDropped ? 0 : length;
}

bool Transfer::write(std::string_view bytes) {
    if (request_.max_size && part_->size() + bytes.size() > *request_.max_size) {
        limit_ = "the file has more than the " + std::to_string(*request_.max_size) +
                 " bytes that max-size allows";
        return false;
    }
    gauge_.follow(bytes);
    if (auto written = part_->append(bytes); !written) {
        trouble_ = written.error();
        return false;
    }
    if (!began_told_ && part_->size() >= kWorthResuming) tell_began();
    if (part_->size() - synced_ >= kSyncBytes) sync();
    return !trouble_;
}

void Transfer::tell_began() {
    began_told_ = true;
    report(model::fact::Began{request_.validator, request_.total, head_.status(), part_->size()});
}

void Transfer::tell_progress() {
    if (part_->size() == told_) return;
    told_ = part_->size();
    report(model::fact::Progressed{told_, request_.total});
}

void Transfer::sync() {
    if (!flush() || part_->written() == synced_) return;
    synced_ = part_->written();
    synced_at_ = std::chrono::steady_clock::now();
    storeroom_.sync(task(), attempt(), part_->duplicate(), synced_);
}

/// Brings everything into the part file; what goes wrong ends the attempt.
bool Transfer::flush() {
    auto flushed = part_->flush();
    if (!flushed) trouble_ = flushed.error();
    return flushed.has_value();
}

bool Transfer::tick(Instant now) {
    if (body_ == Body::Held) return true;  // the silence is ours
    if (now - active_at_ >= request_.request_timeout) {
        auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request_.request_timeout).count();
        interrupted(Ending::Retry, Reason::Timeout, "no byte came for " + std::to_string(seconds) + " s");
        return false;
    }
    if (body_ == Body::Written) {
        if (!began_told_ && part_->size() > 0) tell_began();
        if (!flush()) {
            interrupted(trouble_->ending, Reason::Destination, trouble_->text);
            return false;
        }
        tell_progress();
        if (now - synced_at_ >= kSyncInterval) sync();
        gauge_.shrink_buffer();
    }
    return true;
}

bool Transfer::proceed() {
    if (body_ != Body::Held) return false;
    body_ = Body::Written;
    active_at_ = std::chrono::steady_clock::now();
    if (held_code_) return true;
    curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    return false;
}

void Transfer::stop() {
    if (!over_) interrupted(Ending::Stopped, Reason::None, "");
}

Transfer::Next Transfer::finish(CURLcode code) {
    if (body_ == Body::Held) {
        held_code_ = code;
        return Next::Held;
    }
    if (trouble_) {
        interrupted(trouble_->ending, Reason::Destination, trouble_->text);
        return Next::Done;
    }
    if (!limit_.empty()) {
        interrupted(Ending::Final, Reason::Limit, limit_);
        return Next::Done;
    }
    if (body_ == Body::Dropped) {
        switch (judgement_.verdict) {
            case Verdict::Redirect:
                return follow_redirect();
            case Verdict::Refetch:
                interrupted(Ending::Refetch, Reason::Changed, judgement_.text);
                return Next::Done;
            case Verdict::Retry:
                interrupted(Ending::Retry, judgement_.reason, judgement_.text);
                return Next::Done;
            case Verdict::Fail:
                interrupted(Ending::Final, judgement_.reason, judgement_.text);
                return Next::Done;
            case Verdict::FromStart:
            case Verdict::Continue:
            case Verdict::Restart:
                break;
        }
    }
    return finish_body(code);
}

Transfer::Next Transfer::finish_body(CURLcode code) {
    if (code != CURLE_OK) {
        auto text = error_[0] != 0 ? std::string{error_} : std::string{curl_easy_strerror(code)};
        auto outcome = to_outcome(code, text);
        interrupted(outcome.ending, outcome.reason, model::printable(text, model::kMaxErrorText));
    } else if (body_ != Body::Written) {
        interrupted(Ending::Retry, Reason::Connection, "the connection ended inside the server's header");
    } else if (request_.total && part_->size() != *request_.total) {
        interrupted(Ending::Retry, Reason::Incomplete,
                    "the connection ended after " + std::to_string(part_->size()) + " of " +
                        std::to_string(*request_.total) + " bytes");
    } else {
        if (request_.expected_size && part_->size() != *request_.expected_size)
            interrupted(Ending::Final, Reason::Changed,
                        "the file has " + std::to_string(part_->size()) + " bytes, and " +
                            std::to_string(*request_.expected_size) + " were expected");
        else
            arrived();
    }
    return Next::Done;
}

Transfer::Next Transfer::follow_redirect() {
    char* target = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &target);
    if (!target) {
        interrupted(Ending::Final, Reason::Redirect, "the server redirects without saying where to");
        return Next::Done;
    }
    auto rule = model::judge_redirect(url_, target, ++hops_, request_.redirects);
    if (!rule.follow) {
        interrupted(Ending::Final, Reason::Redirect, rule.why_not);
        return Next::Done;
    }
    crossed_origin_ = crossed_origin_ || !rule.same_origin;
    auto first = model::parse_url(request_.url);
    url_ = !crossed_origin_ && first ? model::with_user_info(target, first->user_info) : std::string{target};
    set_up_request();
    return Next::Request;
}

void Transfer::arrived() {
    if (!flush()) return interrupted(trouble_->ending, Reason::Destination, trouble_->text);
    report(model::fact::Arrived{.size = part_->size(), .inode = part_->inode(), .status = head_.status()},
           true);
}

void Transfer::interrupted(Ending ending, Reason reason, std::string text) {
    model::fact::Interrupted fact;
    fact.ending = ending;
    fact.reason = reason;
    fact.text = std::move(text);
    fact.status = head_.status();
    if (judgement_.verdict == Verdict::Retry)
        fact.asked_delay = retry_after(head_.retry_after(), head_.date());
    if (part_) {
        if (ending != Ending::Refetch) sync();
        fact.done = part_->written();
        fact.progressed = part_->written() > start_size_;
    }
    fact.total = request_.total;
    fact.validator = request_.validator;
    report(std::move(fact), true);
}

void Transfer::report(model::Fact fact, bool last) {
    over_ = over_ || last;
    sink_({.task = task(), .attempt = attempt(), .fact = std::move(fact), .last = last});
}

}  // namespace haul::engine

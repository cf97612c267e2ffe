#include "engine/exchange.hpp"

#include <linux/sockios.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "engine/close_notices.hpp"
#include "engine/curl_buffers.hpp"
#include "engine/curl_metrics.hpp"
#include "engine/idle_sockets.hpp"
#include "model/limits.hpp"
#include "model/redirect.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::engine {
model::Wish to_wish(const model::Options& options) {
    return {.slice = options.range,
            .accept_status = options.accept_status,
            .is_conditional = options.if_none_match.has_value()};
}

Exchange::Exchange(const model::TransferRequest& request, CURLSH* pool, std::uint32_t number, Reader& reader,
                   void* user)
    : request_(request),
      pool_(pool),
      number_(number),
      reader_(reader),
      user_(user),
      easy_(curl_easy_init()),
      wish_(to_wish(request.options)),
      url_(request.url) {}

void Exchange::begin(Ask ask) {
    ask_ = std::move(ask);
    wants_new_connection_ = ask_.must_not_repeat;  // on a used one libcurl may send it a second time
    url_ = request_.url;
    hops_ = 0;
    was_renewed_ = false;
    became_get_ = false;
    crossed_origin_ = false;
    if (!ask_.url.empty()) turn_to(ask_.url);
    redirect_fault_.clear();
    set_up();
}

/// What the client set goes along within its origin.
void Exchange::turn_to(const std::string& url) {
    auto own = model::parse_url(request_.url);
    auto there = model::parse_url(url);
    bool is_own = own && there && own->origin() == there->origin();
    crossed_origin_ = !is_own && !options().redirect_headers.value_or(false);
    url_ = is_own ? model::with_user_info(url, own->user_info) : url;
}

/// libcurl has found a connection and is about to send. Bytes that wait there already are no answer to this
/// request: somebody put them behind the last one, for us to take them for ours. HTTP/2 numbers its answers,
/// and is excepted.
int Exchange::on_ready(void* self, char*, char*, int, int local_port) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    long opened = 0;
    curl_easy_getinfo(exchange.easy_.get(), CURLINFO_NUM_CONNECTS, &opened);
    exchange.hold_.reset();
    if (exchange.is_lost_with_its_connection()) exchange.hold_.emplace(local_port);
    exchange.has_leftovers_ = opened == 0 && !exchange.speaks_http2() && idle_sockets::has_bytes(local_port);
    return exchange.has_leftovers_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/// Whether nobody can say then what became of it: the upload's own URL at a server could be asked.
bool Exchange::is_lost_with_its_connection() const {
    bool is_tasks_own = ask_.url.empty() || ask_.url == request_.url;
    return request_.upload && ask_.must_not_repeat && is_tasks_own;
}

/// The TLS session of the request's connection, where it has one.
SSL* Exchange::tls() const {
    curl_tlssessioninfo* session = nullptr;
    bool has_tls = curl_easy_getinfo(easy_.get(), CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK && session &&
                   session->backend == CURLSSLBACKEND_OPENSSL;
    return has_tls ? static_cast<SSL*>(session->internals) : nullptr;
}

bool Exchange::speaks_http2() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    if (auto* session = tls()) SSL_get0_alpn_selected(session, &name, &size);
    return std::string_view{reinterpret_cast<const char*>(name), size} == "h2";
}

CURLcode Exchange::on_tls_context(CURL*, void* context, void*) noexcept {
    close_notices::watch(static_cast<SSL_CTX*>(context));
    return CURLE_OK;
}

bool Exchange::is_cut() const {
    return session_ && !is_http2() && !close_notices::has(session_);
}

std::size_t Exchange::on_header(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.on_line({bytes, size * count});
    return exchange.is_oversize() || !exchange.goes_on_ ? 0 : size * count;
}

void Exchange::on_line(std::string_view line) {
    touch();
    bool had_head = head_.is_final();
    bool was_complete = head_.is_complete();
    head_.take(line);
    if (!was_complete && head_.is_complete() && !head_.is_final()) reader_.on_interim();
    if (had_head || !head_.is_final()) return;
    session_ = tls();
    if (session_) tls_version_ = SSL_get_version(session_);
    if (!is_redirect()) goes_on_ = reader_.on_head();
}

bool Exchange::is_redirect() const {
    return !ask_.is_direct && model::is_redirect(head_, wish_);
}

std::size_t Exchange::on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.touch();
    return exchange.reader_.on_body({bytes, size * count});
}

std::size_t Exchange::on_send(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.touch();
    return exchange.reader_.on_send(bytes, size * count);
}

/// libcurl wants to send the body again: a server asked for credentials, or a used connection was dead.
int Exchange::on_seek(void* self, curl_off_t offset, int origin) noexcept {
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Exchange*>(self)->reader_.on_rewind();
    return CURL_SEEKFUNC_OK;
}

bool Exchange::is_http2() const {
    return http_version(easy_.get()) == "h2";
}

bool Exchange::finish(CURLcode code) {
    measure();
    if (retry_on_new_connection(code)) return true;
    if (!head_.is_final()) return false;
    if (is_redirect() && head_.fault().empty()) return follow_redirect();
    return retry_without_expectation() || retry_with_digest();
}

/// Not every server knows what we expected of it (RFC 9110, 15.5.18).
bool Exchange::retry_without_expectation() {
    constexpr std::uint16_t kExpectationFailed = 417;
    if (head_.status() != kExpectationFailed || !std::exchange(ask_.expects_continue, false)) return false;
    set_up();
    return true;
}

/// A used connection may hold leftovers of what was before us on it: that says nothing of this request.
bool Exchange::retry_on_new_connection(CURLcode code) {
    long opened = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &opened);
    bool is_garbage = code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL ||
                      code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || !head_.fault().empty() ||
                      has_leftovers_;
    if (!is_garbage || opened > 0 || was_renewed_ || written_ > 0) return false;
    was_renewed_ = true;
    wants_new_connection_ = true;
    set_up();
    return true;
}

/// User and password of the URL go out as Basic at first (RFC 7617); a server that wants Digest gets that.
bool Exchange::retry_with_digest() {
    bool wants_digest = head_.status() == model::kUnauthorized &&
                        std::any_of(head_.challenges().begin(), head_.challenges().end(),
                                    [](const auto& challenge) { return challenge.scheme == "digest"; });
    auto parsed = model::parse_url(url_);
    bool has_user = !request_.secrets.server.is_given() && parsed && !parsed->user_info.empty();
    if (!wants_digest || !has_user || uses_digest_ || crossed_origin_) return false;
    uses_digest_ = true;
    set_up();
    return true;
}

bool Exchange::follow_redirect() {
    char* target = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &target);
    if (!target) {
        redirect_fault_ = "the server redirects without saying where to";
        return false;
    }
    auto where = ask_.is_upgrade ? model::to_http(target) : std::string{target};
    auto rule = model::judge_redirect(url_, where, ++hops_,
                                      {.policy = options().redirects.value_or(model::RedirectPolicy::Follow),
                                       .most = options().max_redirects.value_or(model::kMaxRedirects),
                                       .may_downgrade = options().allow_downgrade.value_or(false)});
    if (!rule.follow) {
        redirect_fault_ = rule.why_not;
        return false;
    }
    bool goes_along = rule.same_origin || options().redirect_headers.value_or(false);
    crossed_origin_ = crossed_origin_ || !goes_along;
    became_get_ = became_get_ || model::becomes_get(head_.status(), ask_.method);
    auto first = model::parse_url(request_.url);
    url_ = model::without_user_info(where);
    if (!crossed_origin_ && first) url_ = model::with_user_info(url_, first->user_info);
    set_up();
    return true;
}

std::string Exchange::shown_url() const {
    bool is_secret = !ask_.url.empty() && ask_.url != request_.url;
    auto parsed = is_secret ? model::parse_url(url_) : Result<model::Url>{tl::make_unexpected(Error{})};
    return parsed ? parsed->origin() + "/" : model::redact(url_);
}

Bytes Exchange::bytes_gone() const {
    curl_off_t sent = 0;
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
    curl_easy_getinfo(easy_.get(), CURLINFO_ACTIVESOCKET, &socket);
    int queued = 0;
    if (socket == CURL_SOCKET_BAD || ::ioctl(socket, SIOCOUTQ, &queued) != 0) queued = 0;
    auto gone = static_cast<Bytes>(sent);
    return gone - std::min(gone, static_cast<Bytes>(queued));
}

std::string Exchange::locate(const std::string& location) const {
    if (location.empty()) return {};
    struct Cleanup {
        void operator()(CURLU* url) const { curl_url_cleanup(url); }
    };
    std::unique_ptr<CURLU, Cleanup> url{curl_url()};
    char* text = nullptr;
    bool is_good = url && curl_url_set(url.get(), CURLUPART_URL, url_.c_str(), 0) == CURLUE_OK &&
                   curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) == CURLUE_OK &&
                   curl_url_get(url.get(), CURLUPART_URL, &text, 0) == CURLUE_OK;
    if (!is_good) return {};
    auto absolute = model::without_user_info(text);
    curl_free(text);
    auto there = model::parse_url(absolute);
    bool is_downgrade = there && there->scheme == "http" && url_.starts_with("https:");
    return there && (!is_downgrade || options().allow_downgrade.value_or(false)) ? absolute : std::string{};
}

void Exchange::measure() {
    if (!is_running_) return;
    is_running_ = false;
    auto metrics = read_metrics(easy_.get());
    metrics.hop = hops_;
    metrics.connection = number_;
    metrics.url = shown_url();
    metrics.status = head_.status();
    if (metrics.status == 0) metrics.protocol.clear();
    metrics.started = started_;
    metrics.tls_version = tls_version_;
    metrics.proxy = options().proxy && options().proxy != "none";
    metrics.written = written_;
    if (metrics_.size() == model::kMaxRequestsKept) metrics_.erase(metrics_.begin());
    metrics_.push_back(std::move(metrics));
}

long Exchange::os_error() const {
    long number = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &number);
    return number;
}

std::string Exchange::error_text(CURLcode code) const {
    auto text = error_[0] != 0 ? std::string{error_} : std::string{curl_easy_strerror(code)};
    return model::printable(text, model::kMaxErrorText);
}

std::vector<model::Challenge> Exchange::proxy_challenges(CURLcode code) const {
    if (code == CURLE_PROXY) return socks_challenges();
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &status);
    if (status != model::kProxyAuthenticationRequired || head_.status() != 0) return {};
    long offered = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_PROXYAUTH_AVAIL, &offered);
    std::vector<model::Challenge> challenges;
    if ((offered & long{CURLAUTH_DIGEST}) != 0) challenges.push_back({"digest", ""});
    if ((offered & long{CURLAUTH_BASIC}) != 0) challenges.push_back({"basic", ""});
    if (challenges.empty()) challenges.push_back({"unknown", ""});
    return challenges;
}

/// User and password are the one way in that libcurl has beside none at all (RFC 1928, 3; RFC 1929, 2).
std::vector<model::Challenge> Exchange::socks_challenges() const {
    long why = CURLPX_OK;
    curl_easy_getinfo(easy_.get(), CURLINFO_PROXY_ERROR, &why);
    if (why != CURLPX_NO_AUTH && why != CURLPX_USER_REJECTED) return {};
    return {{"basic", ""}};
}

}  // namespace haul::engine

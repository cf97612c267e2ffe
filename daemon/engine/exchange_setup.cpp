// The part of Exchange that tells libcurl what to ask for, and how.

#include <algorithm>

#include "engine/close_notices.hpp"
#include "engine/curl_buffers.hpp"
#include "engine/exchange.hpp"
#include "engine/open_sockets.hpp"
#include "model/url.hpp"

namespace haul::engine {
namespace {

constexpr long kNever = 0x7fffffff;  // milliseconds; ours is the request timeout

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    [[maybe_unused]] auto code = curl_easy_setopt(easy, option, value);
}

void set_text(CURL* easy, CURLoption option, const std::optional<std::string>& text) {
    if (text) set(easy, option, text->c_str());
}

/// As libcurl wants a header of the client's; with a colon alone it would leave an empty one out.
std::string header_line(const std::string& name, const std::string& value) {
    return value.empty() ? name + ";" : name + ": " + value;
}

long to_curl(model::AuthScheme scheme) {
    switch (scheme) {
        case model::AuthScheme::Any:
            return long{CURLAUTH_BASIC} | long{CURLAUTH_DIGEST};
        case model::AuthScheme::Basic:
            return long{CURLAUTH_BASIC};
        case model::AuthScheme::Digest:
            return long{CURLAUTH_DIGEST};
        case model::AuthScheme::Bearer:
            return long{CURLAUTH_BEARER};
    }
    return long{CURLAUTH_NONE};
}

std::string range_text(const model::RangeRequest& range) {
    return std::to_string(range.first) + "-" + (range.last ? std::to_string(*range.last) : "");
}

}  // namespace

void Exchange::set_up() {
    auto* easy = easy_.get();
    set(easy, CURLOPT_COOKIEFILE, static_cast<const char*>(nullptr));  // which a reset would lose
    curl_easy_reset(easy);
    set_up_headers();
    set(easy, CURLOPT_PRIVATE, user_);
    set(easy, CURLOPT_SHARE, pool_);
    set(easy, CURLOPT_URL, url_.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // Several connections are wanted for their speed, which streams of one HTTP/2 connection would share.
    // A background transfer with cookies is in the pool of those that share them, and uses no connection of
    // theirs.
    bool is_alone = request_.is_background && options().cookies.value_or(false);
    bool is_apart = ask_.is_apart || ask_.is_upgrade || is_alone || options().connections.value_or(1) != 1;
    bool is_new = wants_new_connection_ || is_alone;
    set(easy, CURLOPT_HTTP_VERSION, is_apart ? long{CURL_HTTP_VERSION_1_1} : long{CURL_HTTP_VERSION_2TLS});
    // ALPN tells at once whether requests may share a connection; plain HTTP never does, and would wait for
    // nothing.
    set(easy, CURLOPT_PIPEWAIT, url_.starts_with("https:") && !is_new ? 1L : 0L);
    set(easy, CURLOPT_FRESH_CONNECT, is_new ? 1L : 0L);
    set(easy, CURLOPT_FORBID_REUSE, is_alone ? 1L : 0L);
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT,
        1L);  // a name that doesn't resolve must not hold up the others when it is given up
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy, CURLOPT_BUFFERSIZE, buffer_size());
    set(easy, CURLOPT_ERRORBUFFER, error_);
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, kNever);
    if (ask_.range.is_range) set(easy, CURLOPT_RANGE, range_text(ask_.range).c_str());
    set_up_method();
    if (options().cookies.value_or(false)) set(easy, CURLOPT_COOKIEFILE, "");
    set(easy, CURLOPT_OPENSOCKETFUNCTION,
        request_.is_background ? &open_sockets::open_background : &open_sockets::open);
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, &open_sockets::close);
    set_up_tls();
    set_up_proxy();
    set_up_credentials();
    set(easy, CURLOPT_PREREQFUNCTION, &Exchange::on_ready);
    set(easy, CURLOPT_PREREQDATA, this);
    set(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    set(easy, CURLOPT_WRITEDATA, this);
    using Head = model::ResponseHead;
    head_ = Head{ask_.method.empty() ? Head::Keep::Known : Head::Keep::All,
                 ask_.is_upgrade ? Head::Upgrade::Wanted : Head::Upgrade::Unwanted};
    error_[0] = 0;
    has_leftovers_ = false;
    goes_on_ = true;
    tls_version_.clear();
    session_ = nullptr;
    written_ = 0;
    is_running_ = true;
    started_ = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    touch();
}

void Exchange::set_up_method() {
    auto* easy = easy_.get();
    if (ask_.method.empty() || became_get_) return;
    set(easy, CURLOPT_CUSTOMREQUEST, ask_.method.c_str());
    set(easy, CURLOPT_NOBODY, ask_.method == "HEAD" ? 1L : 0L);
    if (ask_.is_upgrade) set_up_body(-1);
    if (!ask_.body) return;
    constexpr long kContinuePatience = 1000;  // milliseconds; not every server answers an Expect
    set(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, kContinuePatience);
    set_up_body(static_cast<curl_off_t>(*ask_.body));
}

/// The reader hands out so many bytes; -1: as many as it likes.
void Exchange::set_up_body(curl_off_t size) {
    auto* easy = easy_.get();
    constexpr curl_off_t kLeast = 16 * 1024;  // libcurl takes no less
    constexpr curl_off_t kMost = kSendBuffer;
    auto buffer = size < 0 ? kMost : std::clamp(size, kLeast, kMost);
    set(easy, CURLOPT_UPLOAD, 1L);
    set(easy, CURLOPT_INFILESIZE_LARGE, size);
    set(easy, CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(buffer));
    set(easy, CURLOPT_READFUNCTION, &Exchange::on_send);
    set(easy, CURLOPT_READDATA, this);
    set(easy, CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
    set(easy, CURLOPT_SEEKDATA, this);
    reader_.on_rewind();
}

/// A large buffer costs less CPU per byte; a small one lets a rate be kept.
long Exchange::buffer_size() const {
    constexpr Bytes kLeast = 1024;        // libcurl takes no less
    constexpr long kSecure = 128 * 1024;  // HTTP/2 is given back no memory
    bool may_be_http2 = url_.starts_with("https:") && !ask_.is_upgrade;
    if (!ask_.rate) return may_be_http2 ? kSecure : static_cast<long>(kReceiveBuffer);
    return static_cast<long>(std::clamp<Bytes>(*ask_.rate / 32, kLeast, kReceiveBuffer));
}

void Exchange::set_up_tls() {
    auto* easy = easy_.get();
    set(easy, CURLOPT_SSL_CTX_FUNCTION, &Exchange::on_tls_context);
    set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(easy, CURLOPT_PROXY_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set_text(easy, CURLOPT_CAINFO, options().ca_file);
    set_text(easy, CURLOPT_PROXY_CAINFO, options().ca_file);
    set_text(easy, CURLOPT_PINNEDPUBLICKEY, options().public_key_pin);
    if (crossed_origin_) return;
    set_text(easy, CURLOPT_SSLCERT, options().client_cert);
    set_text(easy, CURLOPT_SSLKEY, options().client_key ? options().client_key : options().client_cert);
}

/// Without an option libcurl goes by the environment. To libcurl a user of the proxy's URL comes before the
/// login, which was given since.
void Exchange::set_up_proxy() {
    const auto& login = request_.secrets.proxy_login;
    if (options().proxy == "none")
        set(easy_.get(), CURLOPT_PROXY, "");
    else if (options().proxy)
        set(easy_.get(), CURLOPT_PROXY,
            (login.is_given() ? model::redact(*options().proxy) : *options().proxy).c_str());
    set_text(easy_.get(), CURLOPT_NOPROXY, options().no_proxy);
    if (ask_.is_upgrade) set(easy_.get(), CURLOPT_HTTPPROXYTUNNEL, 1L);  // RFC 6455, 4.1
    if (!login.is_given()) return;
    set(easy_.get(), CURLOPT_PROXYUSERNAME, login.user.c_str());
    set(easy_.get(), CURLOPT_PROXYPASSWORD, login.secret.c_str());
    set(easy_.get(), CURLOPT_PROXYAUTH, to_curl(login.scheme));
}

/// They go to the origin that the client named, and to no other.
void Exchange::set_up_credentials() {
    if (crossed_origin_) return;
    const auto& credential = request_.secrets.server;
    if (uses_digest_) set(easy_.get(), CURLOPT_HTTPAUTH, long{CURLAUTH_DIGEST});
    if (!credential.is_given()) return;
    set(easy_.get(), CURLOPT_HTTPAUTH, to_curl(credential.scheme));
    if (credential.scheme == model::AuthScheme::Bearer) {
        set(easy_.get(), CURLOPT_XOAUTH2_BEARER, credential.secret.c_str());
        return;
    }
    set(easy_.get(), CURLOPT_USERNAME, credential.user.c_str());
    set(easy_.get(), CURLOPT_PASSWORD, credential.secret.c_str());
}

/// What the client set goes to the origin that it named, and to no other.
void Exchange::set_up_headers() {
    curl_slist* list = nullptr;
    curl_slist* proxy_list = nullptr;
    auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
    auto add_field = [&](const std::string& name, const std::string& value) { add(name + ": " + value); };
    bool has_agent = false;
    if (!crossed_origin_)
        for (const auto& [name, value] : request_.secrets.headers) {
            auto line = header_line(name, value);
            if (model::same_name(name, "proxy-authorization"))
                proxy_list = curl_slist_append(proxy_list, line.c_str());
            else
                add(line);
            has_agent = has_agent || model::same_name(name, "user-agent");
        }
    if (!has_agent) add("User-Agent: haul/" HAUL_VERSION);
    bool takes_gzip = options().compressed.value_or(false) && !ask_.is_upgrade;
    add(takes_gzip ? "Accept-Encoding: gzip" : "Accept-Encoding: identity");
    if (ask_.range.continues) add("If-Range: " + ask_.range.if_range);
    bool is_conditional = ask_.method.empty() && !ask_.range.continues;
    if (is_conditional && options().if_none_match) add("If-None-Match: " + *options().if_none_match);
    if (!became_get_)
        for (const auto& [name, value] : ask_.fields) add_field(name, value);
    if ((ask_.body || ask_.is_upgrade) && !ask_.expects_continue) add("Expect:");
    if (ask_.is_upgrade) add("Transfer-Encoding:");  // what follows the head is no body
    headers_.reset(list);
    proxy_headers_.reset(proxy_list);
    set(easy_.get(), CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});
    set(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
    set(easy_.get(), CURLOPT_PROXYHEADER, proxy_headers_.get());
}

}  // namespace haul::engine

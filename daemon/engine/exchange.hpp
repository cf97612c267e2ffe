#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/open_sockets.hpp"
#include "model/metrics.hpp"
#include "model/request.hpp"
#include "model/resume_rule.hpp"

struct ssl_st;

namespace haul::engine {

using Instant = std::chrono::steady_clock::time_point;

/// What one request asks for.
struct Ask {
    model::RangeRequest range{};    ///< of a download
    std::string url{};              ///< "" = the task's own
    std::string method{};           ///< "" = GET
    model::Headers fields{};        ///< beside those that the client set
    std::optional<Bytes> body{};    ///< bytes that the reader hands out
    bool expects_continue = false;  ///< whether a long body waits for the server's word (RFC 9110, 10.1.1)
    bool is_direct = false;         ///< whether a 3xx is an answer, and no redirect
    bool is_upgrade = false;        ///< whether an answer 101 makes the connection one of bytes both ways
    bool must_not_repeat = false;   ///< whether libcurl may not send it again by itself
    std::optional<Bytes> rate{};    ///< bytes a second of the answer that a limit allows, as it looks now
    bool is_apart = false;  ///< whether a stream that waits would hold others up: it has its own connection
};

/// One libcurl easy handle, and the requests that it makes one after another until one is answered: it
/// follows redirects by Haul's own rules, answers challenges with what the client gave, and asks again on a
/// new connection where an old one turned out to be no good. All on the engine's thread.
class Exchange {
public:
    /// Who reads the answer, and hands out what is sent. Called from within libcurl: no handle may be added
    /// or removed there.
    class Reader {
    public:
        virtual ~Reader() = default;
        /// The head of a final response that is no redirect. It may come twice: an unauthorized one first.
        /// False breaks the request off.
        virtual bool on_head() = 0;
        /// A piece of its body. How much of it was taken, as CURLOPT_WRITEFUNCTION has it; less breaks the
        /// request off.
        virtual std::size_t on_body(std::string_view bytes) = 0;
        /// An interim answer (1xx).
        virtual void on_interim() {}
        /// The next bytes of the request's body, at most `size`; how many, as CURLOPT_READFUNCTION has it.
        virtual std::size_t on_send(char*, std::size_t) { return CURL_READFUNC_ABORT; }
        /// The body is wanted from its beginning.
        virtual void on_rewind() {}
    };

    /// `request` and `reader` outlive it. `user` comes back by CURLINFO_PRIVATE: an Errand.
    Exchange(const model::TransferRequest& request, CURLSH* pool, std::uint32_t number, Reader& reader,
             void* user);

    /// Sets the handle up to ask for this.
    void begin(Ask ask);
    /// The request is over. True where another one has been set up on the same handle.
    bool finish(CURLcode code);

    /// No value where libcurl has no memory.
    CURL* handle() const { return easy_.get(); }
    const model::ResponseHead& head() const { return head_; }
    /// Of the present hop.
    const std::string& url() const { return url_; }
    /// Likewise, as it may be shown: redacted, and of a URL that a server gave for an upload the origin
    /// alone.
    std::string shown_url() const;
    bool is_redirected() const { return hops_ > 0; }
    /// Whether a redirect made a GET of the request: the answer is another resource's (RFC 9110, 15.4.4).
    bool became_get() const { return became_get_; }
    /// Whether the connection, whose end ended the body, was cut: TLS would have said goodbye.
    bool is_cut() const;
    /// Of the answer whose head is there.
    bool is_http2() const;
    /// Whether redirects led to an origin that gets nothing of what the client set.
    bool has_crossed_origin() const { return crossed_origin_; }
    /// The absolute URL of a Location (RFC 9110, 10.2.2) of the present answer; "" where it is none that may
    /// be asked: another scheme than http and https, or http where https was.
    std::string locate(const std::string& location) const;
    /// Why a redirect was not followed; "" where none was refused.
    const std::string& redirect_fault() const { return redirect_fault_; }
    /// Whether the answer's head is too large.
    bool is_oversize() const { return head_.is_oversize(); }
    /// libcurl's own words for what went wrong, fit for people.
    std::string error_text(CURLcode code) const;
    /// The errno of the last connection that failed; 0 where none did.
    long os_error() const;
    /// What a proxy wants that did not let us through for want of a login; none where it did, or had another
    /// reason.
    std::vector<model::Challenge> proxy_challenges(CURLcode code) const;
    /// Bytes of the request's body that have left this machine, as far as can be told.
    Bytes bytes_gone() const;
    Instant active_at() const { return active_at_; }
    void touch() { active_at_ = std::chrono::steady_clock::now(); }
    /// What the requests cost that are over.
    std::vector<model::RequestMetrics> take_metrics() { return std::exchange(metrics_, {}); }
    void count_written(Bytes bytes) { written_ += bytes; }
    /// Takes the costs of a request that is broken off from outside.
    void measure();

private:
    struct Cleanup {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    using List = std::unique_ptr<curl_slist, Cleanup>;

    static int on_ready(void* self, char*, char*, int, int) noexcept;
    static CURLcode on_tls_context(CURL*, void* context, void*) noexcept;
    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_send(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
    static int on_seek(void* self, curl_off_t offset, int origin) noexcept;

    void set_up();
    void set_up_method();
    void set_up_body(curl_off_t size);
    std::vector<model::Challenge> socks_challenges() const;
    bool is_redirect() const;
    void turn_to(const std::string& url);
    void set_up_headers();
    long buffer_size() const;
    void set_up_tls();
    void set_up_proxy();
    void set_up_credentials();
    void on_line(std::string_view line);
    ssl_st* tls() const;
    bool speaks_http2() const;
    bool is_lost_with_its_connection() const;
    bool follow_redirect();
    bool retry_without_expectation();
    bool retry_with_digest();
    bool retry_on_new_connection(CURLcode code);
    const model::Options& options() const { return request_.options; }

    const model::TransferRequest& request_;
    CURLSH* pool_;
    std::uint32_t number_;
    Reader& reader_;
    void* user_;
    std::unique_ptr<CURL, Cleanup> easy_;
    List headers_, proxy_headers_;
    char error_[CURL_ERROR_SIZE] = {};
    std::optional<open_sockets::Hold> hold_;

    Ask ask_;
    model::Wish wish_;
    model::ResponseHead head_;
    std::string url_;
    std::string redirect_fault_;
    std::string tls_version_;
    const ssl_st* session_ = nullptr;  ///< of the answer; may be gone
    std::uint32_t hops_ = 0;
    bool crossed_origin_ = false;
    bool uses_digest_ = false;  ///< for user and password of the URL, which were refused as Basic
    bool wants_new_connection_ = false;
    bool is_running_ = false;
    bool has_leftovers_ = false;  ///< whether bytes waited on the connection before the request was sent
    bool was_renewed_ = false;    ///< whether a used connection was given up for a new one already
    bool goes_on_ = true;         ///< what the reader said of the head
    bool became_get_ = false;     ///< whether a redirect made a GET of it
    Bytes written_ = 0;
    WallTime started_;
    Instant active_at_;
    std::vector<model::RequestMetrics> metrics_;
};

/// What the options want of the server.
model::Wish to_wish(const model::Options& options);

}  // namespace haul::engine

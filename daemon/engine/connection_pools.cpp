#include "engine/connection_pools.hpp"

namespace haul::engine {
namespace {

constexpr std::size_t kMostJars = 1000;    // sessions whose cookies are kept
constexpr std::size_t kMostCookies = 300;  // of one session

struct EasyCleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

/// A handle that sees the pool's cookies.
std::unique_ptr<CURL, EasyCleanup> visitor(CURLSH* share) {
    std::unique_ptr<CURL, EasyCleanup> easy{curl_easy_init()};
    if (easy) curl_easy_setopt(easy.get(), CURLOPT_SHARE, share);
    return easy;
}

}  // namespace

CURLSH* ConnectionPools::of_request(const model::TransferRequest& request) {
    if (request.options.cookies.value_or(false))
        return of({.owner = request.owner, .cookies = request.session});
    return of({.owner = request.owner, .is_background = request.is_background});
}

CURLSH* ConnectionPools::of(const Key& key) {
    auto& pool = pools_[key];
    if (pool.share) return pool.share.get();
    pool.share.reset(curl_share_init());
    for (auto what : {CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_SSL_SESSION, CURL_LOCK_DATA_DNS})
        curl_share_setopt(pool.share.get(), CURLSHOPT_SHARE, what);
    if (key.cookies) {
        curl_share_setopt(pool.share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
        give_cookies(*key.cookies, pool.share.get());
    }
    return pool.share.get();
}

/// libcurl has no call that closes the idle connections of a share, but a new one has none.
void ConnectionPools::forget_connections() {
    for (auto& [key, pool] : pools_)
        if (key.cookies) keep_cookies(*key.cookies, pool.share.get());
    pools_.clear();
}

void ConnectionPools::keep_cookies(SessionId session, CURLSH* share) {
    auto easy = visitor(share);
    curl_slist* list = nullptr;
    if (!easy || curl_easy_getinfo(easy.get(), CURLINFO_COOKIELIST, &list) != CURLE_OK) return;
    std::vector<std::string> jar;
    for (auto* cookie = list; cookie && jar.size() < kMostCookies; cookie = cookie->next)
        jar.emplace_back(cookie->data);
    curl_slist_free_all(list);
    if (jars_.size() >= kMostJars && !jars_.contains(session)) jars_.erase(jars_.begin());
    jars_[session] = std::move(jar);
}

void ConnectionPools::give_cookies(SessionId session, CURLSH* share) {
    auto jar = jars_.extract(session);
    auto easy = jar ? visitor(share) : nullptr;
    if (!easy) return;
    for (const auto& cookie : jar.mapped()) curl_easy_setopt(easy.get(), CURLOPT_COOKIELIST, cookie.c_str());
}

}  // namespace haul::engine

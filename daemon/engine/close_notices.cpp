#include "engine/close_notices.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <unordered_set>

namespace haul::engine::close_notices {
namespace {

constexpr std::size_t kMost =
    4096;  // of connections that are long gone; a new one at an old address is a new one

std::unordered_set<const SSL*>& ended() {
    thread_local std::unordered_set<const SSL*> sessions;
    return sessions;
}

void on_info(const SSL* session, int where, int value) {
    if ((where & SSL_CB_HANDSHAKE_START) != 0) ended().erase(session);
    bool is_notice =
        (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (value & 0xff) == SSL_AD_CLOSE_NOTIFY;
    if (!is_notice) return;
    if (ended().size() >= kMost) ended().clear();
    ended().insert(session);
}

}  // namespace

void watch(ssl_ctx_st* context) {
    SSL_CTX_set_info_callback(context, &on_info);
}

bool has(const ssl_st* session) {
    return ended().contains(session);
}

}  // namespace haul::engine::close_notices

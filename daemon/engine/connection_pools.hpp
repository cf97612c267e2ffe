#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "model/request.hpp"

namespace haul::engine {

/// Open connections, TLS sessions and resolved names: a set for each owner, so that nobody's requests go over
/// a connection that somebody else's credentials have opened, and another one for his background transfers,
/// whose sockets are marked. A session with cookies has a set of its own.
class ConnectionPools {
public:
    /// Whose a pool is.
    struct Key {
        OwnerId owner;
        std::optional<SessionId> cookies{};
        bool is_background = false;
        friend auto operator<=>(const Key&, const Key&) = default;
    };

    /// For CURLOPT_SHARE. Lives until `forget_connections`.
    CURLSH* of(const Key& key);
    /// Likewise, with the cookies of the session where the options ask for them. A session's cookies are for
    /// background transfers too, so those that want them have no pool of their own, but a
    /// connection for each request (Exchange).
    CURLSH* of_request(const model::TransferRequest& request);
    /// Closes all connections. To be called while no handle uses a pool; cookies stay.
    void forget_connections();

private:
    struct Cleanup {
        void operator()(CURLSH* share) const { curl_share_cleanup(share); }
    };
    struct Pool {
        std::unique_ptr<CURLSH, Cleanup> share;
    };

    void keep_cookies(SessionId session, CURLSH* share);
    void give_cookies(SessionId session, CURLSH* share);

    std::map<Key, Pool> pools_;
    std::map<SessionId, std::vector<std::string>> jars_;  ///< of sessions without an open pool
};

}  // namespace haul::engine

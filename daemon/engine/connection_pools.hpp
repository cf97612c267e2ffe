#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace haul::engine {

/// Open connections, TLS sessions and resolved names: a set for each owner, so that nobody's requests go over
/// a connection that somebody else's credentials have opened. A session with cookies has a set of its own.
class ConnectionPools {
public:
    /// For CURLOPT_SHARE. Lives until `forget_connections`.
    CURLSH* of(OwnerId owner, std::optional<SessionId> cookies);
    /// Closes all connections. To be called while no handle uses a pool; cookies stay.
    void forget_connections();

private:
    struct Cleanup {
        void operator()(CURLSH* share) const { curl_share_cleanup(share); }
    };
    struct Pool {
        std::unique_ptr<CURLSH, Cleanup> share;
    };
    using Key = std::pair<OwnerId, std::optional<SessionId>>;

    void keep_cookies(SessionId session, CURLSH* share);
    void give_cookies(SessionId session, CURLSH* share);

    std::map<Key, Pool> pools_;
    std::map<SessionId, std::vector<std::string>> jars_;  ///< of sessions without an open pool
};

}  // namespace haul::engine

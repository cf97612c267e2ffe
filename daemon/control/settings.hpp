#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/gate.hpp"
#include "model/limits.hpp"
#include "model/retry.hpp"

namespace haul::control {

/// What the configuration says about tasks, and where the spool is.
struct Settings {
    model::Limits limits;
    model::Leisure leisure;
    Duration request_timeout = std::chrono::seconds{60};
    Duration resource_timeout = std::chrono::days{7};
    model::Backoff backoff{.first = std::chrono::seconds{1}, .most = std::chrono::minutes{5}};
    Duration reconnect_max_delay = std::chrono::seconds{60};  ///< of WebSockets
    model::Backoff relaunch{.first = std::chrono::seconds{10}, .most = std::chrono::hours{6}};
    Duration keep_unacknowledged = std::chrono::days{90};  ///< an end that no client has asked for
    Duration keep_ended = std::chrono::days{1};            ///< how long an acknowledged end stays addressable
    Duration keep_bytes = std::chrono::days{7};  ///< likewise, where resume data may still want its bytes
    std::string proxy;                           ///< for tasks that name none; "" = as the environment says
    std::string no_proxy;                        ///< likewise
    std::string spool;                           ///< directory for results without a destination
    OwnerId self;                                ///< whose files the daemon can make
};

}  // namespace haul::control

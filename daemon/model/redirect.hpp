#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "model/options.hpp"

namespace haul::model {

/// Whether a redirect may be followed, and what may go along (RFC 9110, 15.4).
struct RedirectRule {
    bool follow = false;
    bool same_origin = false;  ///< the client's own headers and credentials go along only then
    std::string why_not{};     ///< for people, where it may not be followed
};

/// What a client allows.
struct RedirectLimits {
    RedirectPolicy policy = RedirectPolicy::Follow;
    std::uint32_t most = 0;      ///< hops
    bool may_downgrade = false;  ///< from https to http
};

/// `target` is absolute already. `hop` counts from 1.
RedirectRule judge_redirect(std::string_view from, std::string_view target, std::uint32_t hop,
                            const RedirectLimits& limits);

/// Whether a redirect with this status makes a GET without a body of a request (RFC 9110, 15.4.2 to 15.4.4).
bool becomes_get(std::uint16_t status, std::string_view method);

}  // namespace haul::model

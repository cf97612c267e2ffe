#pragma once

#include <cstdint>
#include <string>

#include "haul/export.hpp"

namespace haul {

/// Why a connection was closed (RFC 6455, section 7.4). Libraries and frameworks have 3000 to 3999,
/// applications 4000 to 4999: CloseCode{4001}.
enum class CloseCode : std::uint16_t {
    None = 0,  ///< no connection was closed yet
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    NoCode = 1005,  ///< it was closed without one; never sent
    Lost = 1006,    ///< it was lost, and not closed; never sent
    InvalidPayload = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    ExtensionNeeded = 1010,
    InternalError = 1011,
    ServiceRestart = 1012,
    TryAgainLater = 1013,
    BadGateway = 1014,
};

/// "1000 (normal)", "4001".
HAUL_API std::string to_string(CloseCode code);

}  // namespace haul

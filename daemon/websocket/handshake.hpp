#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/header.hpp"
#include "model/response.hpp"
#include "model/socket.hpp"
#include "websocket/deflate.hpp"

namespace haul::websocket {

/// What client and server have agreed on.
struct Agreement {
    std::string subprotocol;  ///< "" = none
    std::optional<DeflateTerms> deflate;
};

/// The opening handshake (RFC 6455, 4), as far as it is more than an HTTP request.
class Handshake {
public:
    /// With a nonce of its own.
    explicit Handshake(const model::SocketTerms& terms);

    /// What the request has beside what every request has.
    const model::Headers& fields() const { return fields_; }
    /// What the server agreed to with this answer, whose status is 101; or what is wrong with it, for people.
    std::variant<Agreement, std::string> judge(const model::ResponseHead& head) const;

private:
    std::string accept_;  ///< what the server has to prove that it read the nonce
    std::vector<std::string> subprotocols_;
    bool offers_deflate_;
    model::Headers fields_;
};

}  // namespace haul::websocket

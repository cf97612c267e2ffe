#include "websocket/handshake.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "model/base64.hpp"
#include "model/header_scanner.hpp"
#include "model/text.hpp"

namespace haul::websocket {
namespace {

constexpr std::size_t kNonceSize = 16;
constexpr std::string_view kMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kDeflate = "permessage-deflate";

/// What a server answers to this key (RFC 6455, 4.2.2).
std::string accept_of(const std::string& key) {
    Hasher hasher{DigestAlgorithm::Sha1};
    hasher.update(key);
    hasher.update(kMagic);
    return model::encode_base64(hasher.finish().bytes);
}

/// The values of a field, in the order of their lines.
std::vector<std::string> values_of(const model::ResponseHead& head, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& field : head.fields())
        if (model::same_name(field.name, name)) values.push_back(field.value);
    return values;
}

/// Whether one of the lists has this token, in any case.
bool lists(const std::vector<std::string>& values, std::string_view token) {
    for (const auto& value : values) {
        model::HeaderScanner scanner{value};
        for (scanner.skip_commas(); !scanner.at_end(); scanner.skip_commas()) {
            auto word = scanner.token();
            if (word.empty()) break;
            if (model::same_name(word, token)) return true;
        }
    }
    return false;
}

std::string quoted(const std::string& text) {
    return "\"" + model::printable(text, 64) + "\"";
}

/// One parameter of permessage-deflate (RFC 7692, 7.1). False where it is none, or there twice.
bool take_deflate_parameter(const std::string& name, const std::optional<std::string>& value,
                            std::vector<std::string>& known, DeflateTerms& terms) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return false;
    known.push_back(name);
    if (name == "server_no_context_takeover" || name == "client_no_context_takeover") {
        (name.front() == 's' ? terms.peer_forgets : terms.we_forget) = true;
        return !value;
    }
    if (name != "server_max_window_bits" && name != "client_max_window_bits") return false;
    auto bits = value ? model::parse_number(*value) : std::nullopt;
    if (!bits || *bits < 8 || *bits > 15) return false;
    (name.front() == 's' ? terms.peer_bits : terms.our_bits) = static_cast<int>(*bits);
    return true;
}

/// The terms of permessage-deflate in the server's answer. No value where it is something else.
std::optional<DeflateTerms> parse_extensions(const std::string& value) {
    model::HeaderScanner scanner{value};
    scanner.skip_blanks();
    if (!model::same_name(scanner.token(), kDeflate)) return std::nullopt;
    DeflateTerms terms;
    std::vector<std::string> known;
    for (scanner.skip_blanks(); !scanner.at_end(); scanner.skip_blanks()) {
        if (!scanner.skip(';')) return std::nullopt;
        scanner.skip_blanks();
        std::string name{scanner.token()};
        scanner.skip_blanks();
        std::optional<std::string> text;
        if (scanner.skip('=')) {
            scanner.skip_blanks();
            text = scanner.word();
            if (!text) return std::nullopt;
        }
        if (!take_deflate_parameter(name, text, known, terms)) return std::nullopt;
    }
    return terms;
}

}  // namespace

Handshake::Handshake(const model::SocketTerms& terms)
    : subprotocols_(terms.subprotocols), offers_deflate_(terms.offers_deflate) {
    auto key = model::encode_base64(random_bytes(kNonceSize));
    accept_ = accept_of(key);
    fields_ = {{"Connection", "Upgrade"},
               {"Upgrade", "websocket"},
               {"Sec-WebSocket-Version", "13"},
               {"Sec-WebSocket-Key", key}};
    std::string offered;
    for (const auto& word : subprotocols_) offered += (offered.empty() ? "" : ", ") + word;
    if (!offered.empty()) fields_.push_back({"Sec-WebSocket-Protocol", offered});
    if (offers_deflate_)
        fields_.push_back({"Sec-WebSocket-Extensions", std::string{kDeflate} + "; client_max_window_bits"});
}

std::variant<Agreement, std::string> Handshake::judge(const model::ResponseHead& head) const {
    if (!lists(values_of(head, "connection"), "upgrade") || !lists(values_of(head, "upgrade"), "websocket"))
        return "the server's answer 101 does not upgrade to websocket";
    auto accepts = values_of(head, "sec-websocket-accept");
    if (accepts.size() != 1 || accepts.front() != accept_)
        return "the server's Sec-WebSocket-Accept does not fit the key: it is no WebSocket server, or a "
               "cache "
               "answered";
    Agreement agreement;
    auto chosen = values_of(head, "sec-websocket-protocol");
    if (!chosen.empty()) agreement.subprotocol = chosen.front();
    bool is_offered =
        std::find(subprotocols_.begin(), subprotocols_.end(), agreement.subprotocol) != subprotocols_.end();
    if (chosen.size() > 1 || (!chosen.empty() && !is_offered))
        return "the server chose the subprotocol " + quoted(agreement.subprotocol) +
               ", which was not offered";
    auto extensions = values_of(head, "sec-websocket-extensions");
    if (extensions.empty()) return agreement;
    agreement.deflate = extensions.size() == 1 ? parse_extensions(extensions.front()) : std::nullopt;
    if (!offers_deflate_ || !agreement.deflate)
        return "the server uses the extension " + quoted(extensions.front()) + ", which was not offered";
    return agreement;
}

}  // namespace haul::websocket

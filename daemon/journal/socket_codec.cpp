#include "journal/socket_codec.hpp"

#include "journal/fields_codec.hpp"

namespace haul::journal {

std::string encode(const model::SocketState& state) {
    Fields fields;
    if (state.is_open) fields.push_back({"open", true});
    if (!state.subprotocol.empty()) fields.push_back({"subprotocol", state.subprotocol});
    if (state.close_code != 0) fields.push_back({"code", state.close_code});
    if (!state.close_reason.empty()) fields.push_back({"reason", state.close_reason});
    if (state.goodbye_code != 0) fields.push_back({"goodbye", state.goodbye_code});
    if (!state.goodbye_reason.empty()) fields.push_back({"goodbye-reason", state.goodbye_reason});
    if (state.closing_code != 0) fields.push_back({"closing", state.closing_code});
    if (!state.closing_reason.empty()) fields.push_back({"closing-reason", state.closing_reason});
    if (state.last_number != 0) fields.push_back({"number", state.last_number});
    return encode(fields);
}

model::SocketState decode_socket(std::string_view bytes) {
    auto fields = decode(bytes);
    return {.is_open = get<bool>(fields, "open"),
            .subprotocol = get<std::string>(fields, "subprotocol"),
            .close_code = get<std::uint16_t>(fields, "code"),
            .close_reason = get<std::string>(fields, "reason"),
            .goodbye_code = get<std::uint16_t>(fields, "goodbye"),
            .goodbye_reason = get<std::string>(fields, "goodbye-reason"),
            .closing_code = get<std::uint16_t>(fields, "closing"),
            .closing_reason = get<std::string>(fields, "closing-reason"),
            .last_number = get<std::uint64_t>(fields, "number")};
}

}  // namespace haul::journal

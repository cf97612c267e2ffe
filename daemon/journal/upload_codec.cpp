#include "journal/upload_codec.hpp"

#include "journal/fields_codec.hpp"

namespace haul::journal {
std::string encode(const model::FileIdentity& identity) {
    return encode(Fields{{"device", identity.device},
                         {"inode", identity.inode},
                         {"size", identity.size},
                         {"modified", identity.modified_ns},
                         {"changed", identity.changed_ns}});
}

model::FileIdentity decode_identity(std::string_view bytes) {
    auto fields = decode(bytes);
    return {.device = get<std::uint64_t>(fields, "device"),
            .inode = get<std::uint64_t>(fields, "inode"),
            .size = get<std::uint64_t>(fields, "size"),
            .modified_ns = get<std::int64_t>(fields, "modified"),
            .changed_ns = get<std::int64_t>(fields, "changed")};
}

std::string encode(const model::UploadState& state) {
    Fields fields{{"protocol", std::string{model::to_word(state.protocol)}}};
    if (!state.url.empty()) fields.push_back({"url", state.url});
    if (state.offset > 0) fields.push_back({"offset", state.offset});
    if (state.furthest > 0) fields.push_back({"furthest", state.furthest});
    if (!state.etags.empty()) fields.push_back({"etags", state.etags});
    if (state.max_append) fields.push_back({"max-append", *state.max_append});
    if (state.expires) fields.push_back({"expires", to_usec(*state.expires)});
    if (!state.checksum.empty()) fields.push_back({"checksum", state.checksum});
    if (state.conflicts > 0) fields.push_back({"conflicts", state.conflicts});
    if (state.is_discovered) fields.push_back({"discovered", true});
    if (state.may_be_there) fields.push_back({"may-be-there", true});
    return encode(fields);
}

model::UploadState decode_upload(std::string_view bytes) {
    auto fields = decode(bytes);
    model::UploadState state;
    auto word = get<std::string>(fields, "protocol");
    state.protocol = model::to_upload_protocol(word).value_or(model::UploadProtocol::Off);
    state.url = get<std::string>(fields, "url");
    state.offset = get<std::uint64_t>(fields, "offset");
    state.furthest = get<std::uint64_t>(fields, "furthest");
    state.etags = get<std::vector<std::string>>(fields, "etags");
    if (haul::find(fields, "max-append")) state.max_append = get<std::uint64_t>(fields, "max-append");
    if (haul::find(fields, "expires")) state.expires = to_wall_time(get<std::int64_t>(fields, "expires"));
    state.checksum = get<std::string>(fields, "checksum");
    state.conflicts = get<std::uint32_t>(fields, "conflicts");
    state.is_discovered = get<bool>(fields, "discovered");
    state.may_be_there = get<bool>(fields, "may-be-there");
    return state;
}

}  // namespace haul::journal

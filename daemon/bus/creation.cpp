#include "bus/creation.hpp"

namespace haul::bus {

Result<std::vector<control::Order>> to_upload(std::string url, const std::string& file,
                                              const Dictionary& options, FileFds files) {
    auto decoded = TRY(to_fields(options, files));
    if (!file.empty() && (find(decoded.fields, "file") || find(decoded.fields, "file-fd")))
        return fail(
            ErrorCode::InvalidArgument,
            "the file is given by its path and by the option \"file-fd\" or \"file\" too: leave one out");
    if (!file.empty()) decoded.fields.push_back({"file", file});
    std::vector<control::Order> orders;
    orders.push_back(
        {.request = {.kind = "upload", .url = std::move(url), .options = std::move(decoded.fields)},
         .descriptors = std::move(decoded.descriptors)});
    return orders;
}

Result<control::CreateRequest> to_web_socket(std::string url, std::vector<std::string> subprotocols,
                                             const Dictionary& options) {
    auto decoded = TRY(to_fields(options));
    if (!subprotocols.empty() && find(decoded.fields, "subprotocols"))
        return fail(ErrorCode::InvalidArgument,
                    "subprotocols are given by themselves and by their option too: leave one out");
    if (!subprotocols.empty()) decoded.fields.push_back({"subprotocols", std::move(subprotocols)});
    return control::CreateRequest{
        .kind = "websocket", .url = std::move(url), .options = std::move(decoded.fields)};
}

}  // namespace haul::bus

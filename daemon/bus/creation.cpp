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

}  // namespace haul::bus

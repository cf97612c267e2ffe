#include "bus/creation.hpp"

namespace haul::bus {

Result<std::vector<control::CreateRequest>> to_upload(std::string url, const std::string& file,
                                                      const Dictionary& options, FileFds files) {
    auto decoded = TRY(to_fields(options, files));
    if (!file.empty()) decoded.fields.push_back({"file", file});
    std::vector<control::CreateRequest> requests(1);
    requests.front() = {.kind = "upload",
                        .url = std::move(url),
                        .options = std::move(decoded.fields),
                        .descriptors = std::move(decoded.descriptors)};
    return requests;
}

}  // namespace haul::bus

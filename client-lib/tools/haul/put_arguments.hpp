#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "errand.hpp"
#include "haul/options.hpp"
#include "haul/session_handle.hpp"
#include "transfer_arguments.hpp"

namespace haul::cli {

/// The command line of one `haul put`.
struct PutArguments {
    std::string file = {};  ///< the URL, where a form leaves no other
    std::string url = {};
    std::vector<std::string> form = {};
    std::vector<std::string> metadata = {};
    std::optional<std::string> part_urls = {};  ///< a file of them, "-" for standard input
    std::optional<std::filesystem::path> reply = {};
    ErrandArguments errand = {};
    TransferArguments transfer = {};
    UploadOptions options = {};  ///< what only an upload is told; the rest is in `transfer`
};

void add_put_options(CLI::App& command, PutArguments& arguments);

/// The upload that the arguments describe. Reads the files that name URLs and headers; throws
/// UsageError where something is wrong with them.
UploadRequest to_upload(const PutArguments& arguments);

}  // namespace haul::cli

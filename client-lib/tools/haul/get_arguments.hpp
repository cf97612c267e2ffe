#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "download_arguments.hpp"
#include "errand.hpp"

namespace haul::cli {

/// The command line of one `haul get`.
struct GetArguments {
    std::vector<std::string> urls = {};
    std::optional<std::string> input = {};  ///< a file of more of them, "-" for standard input
    ErrandArguments errand = {};
    DownloadArguments download = {};  ///< what holds for all, unless the input file says otherwise
};

void add_get_options(CLI::App& command, GetArguments& arguments);

/// All that is to be downloaded. Reads the input file and whatever else is named; throws UsageError
/// where something is wrong with it.
std::vector<Job> to_jobs(const CLI::App& command, const GetArguments& arguments);

}  // namespace haul::cli

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "haul/options.hpp"
#include "haul/session_handle.hpp"
#include "transfer_arguments.hpp"

namespace haul::cli {

/// One download as it is asked for.
struct Job {
    DownloadRequest request;
    std::optional<Login> login = {};
};

/// What the command line, or the lines of an input file, say about a download.
struct DownloadArguments {
    std::string output = {};
    std::string directory = {};
    std::optional<std::filesystem::path> resume_data = {};
    TransferArguments transfer = {};
    DownloadOptions options = {};  ///< what only a download is told; the rest is in `transfer`
};

/// Adds the options of a download; those with a value already are defaults.
void add_download_options(CLI::App& app, DownloadArguments& arguments);

/// Names of options that speak of one file, and hence not of several at once.
const std::vector<std::string>& options_of_one_file();

/// The download that the arguments describe; `here` is what relative paths belong to. Reads files of headers
/// and resume data, and throws UsageError where one cannot be read.
Job to_job(const DownloadArguments& arguments, std::string_view url, const std::filesystem::path& here);

}  // namespace haul::cli

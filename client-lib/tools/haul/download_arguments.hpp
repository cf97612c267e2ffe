#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/credential.hpp"
#include "haul/options.hpp"
#include "haul/session.hpp"

namespace haul::cli {

/// Who asks, before the secret is known.
struct Login {
    AuthScheme scheme = AuthScheme::Best;
    std::string user = {};
    std::optional<std::string> secret = {};                   ///< as it stood on the command line
    std::optional<std::filesystem::path> password_file = {};  ///< "-" is standard input
};

/// One download as it is asked for.
struct Job {
    DownloadRequest request;
    std::optional<Login> login = {};
};

/// What the command line, or the lines of an input file, say about a download.
struct DownloadArguments {
    std::string output = {};
    std::string directory = {};
    std::vector<std::string> headers = {};
    std::optional<std::chrono::microseconds> delay = {};
    std::optional<std::string> user = {};
    std::optional<std::filesystem::path> password_file = {};
    std::optional<AuthScheme> scheme = {};
    std::optional<std::filesystem::path> resume_data = {};
    DownloadOptions options = {};
};

/// The option's words for AuthScheme.
void add_scheme(CLI::App& app, std::optional<AuthScheme>& scheme);

/// Adds the options of a download; those with a value already are defaults.
void add_download_options(CLI::App& app, DownloadArguments& arguments);

/// Names of options that speak of one file, and hence not of several at once.
const std::vector<std::string>& options_of_one_file();

/// The download that the arguments describe; `here` is what relative paths belong to. Reads files of headers
/// and resume data, and throws CLI::ValidationError where one cannot be read.
Job to_job(const DownloadArguments& arguments, std::string_view url, const std::filesystem::path& here);

}  // namespace haul::cli

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "haul/credential.hpp"
#include "haul/options.hpp"

namespace haul::cli {

/// Who asks, before the secret is known.
struct Login {
    AuthScheme scheme = AuthScheme::Best;
    std::string user = {};
    std::optional<std::string> secret = {};                   ///< as it stood on the command line
    std::optional<std::filesystem::path> password_file = {};  ///< "-" is standard input
};

/// What the command line says about a transfer, whatever its kind.
struct TransferArguments {
    std::vector<std::string> headers = {};
    std::optional<Time> not_before = {};
    std::optional<std::string> window = {};
    std::vector<std::string> after = {};  ///< lists of tasks' numbers
    std::optional<AfterFailure> after_failure = {};
    std::optional<std::string> user = {};
    std::optional<std::filesystem::path> password_file = {};
    std::optional<AuthScheme> scheme = {};
    std::optional<std::string> token = {};
    std::optional<std::uint32_t> connections = {};
    std::optional<std::string> if_none_match = {};
    TransferOptions options = {};
};

/// The option's words for AuthScheme.
void add_scheme(CLI::App& app, std::optional<AuthScheme>& scheme);

/// Adds the options of a transfer of files; those with a value already are defaults.
void add_transfer_options(CLI::App& app, TransferArguments& arguments);
/// Those of any connection: its way, its trust, its time, and when it may run.
void add_connection_options(CLI::App& app, TransferArguments& arguments);

/// Reads files of headers, and throws UsageError where one cannot be read; `here` is what relative
/// paths belong to.
TransferOptions to_transfer_options(const TransferArguments& arguments, const std::filesystem::path& here);

/// Nothing where nobody is named. Throws UsageError where the password is given twice.
std::optional<Login> to_login(const TransferArguments& arguments);

/// The tasks of several lists. Throws UsageError where one of them is no list of numbers.
std::vector<TaskId> to_tasks(const std::vector<std::string>& lists);

/// So that a creation whose reply was lost can be asked for again without making a second task.
std::string random_token();

/// What the options of all kinds of tasks have in common. A task that has a credential to come is resumed
/// when it has got it.
template <typename Options>
void fill_in_connection(Options& options, const TransferArguments& arguments,
                        const std::filesystem::path& here) {
    options.transfer = to_transfer_options(arguments, here);
    options.token = arguments.token ? *arguments.token : random_token();
    options.start = to_login(arguments) ? Start::Suspended : Start::AtOnce;
    options.not_before = arguments.not_before;
    options.window = arguments.window;
    options.after = to_tasks(arguments.after);
    options.after_failure = arguments.after_failure;
}

/// The same of DownloadOptions and UploadOptions, which have more of it.
template <typename Options>
void fill_in(Options& options, const TransferArguments& arguments, const std::filesystem::path& here) {
    fill_in_connection(options, arguments, here);
    options.connections = arguments.connections;
    options.if_none_match = arguments.if_none_match;
}

}  // namespace haul::cli

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "haul/credential.hpp"
#include "haul/error.hpp"

namespace haul::cli {

/// Asks on the terminal for the user's name, unless it is given or the scheme has none, and for the secret.
/// Nothing where the answer is empty or does not come.
std::optional<Credential> ask_credential(AuthScheme scheme, const std::string& user);

/// A credential whose secret is in a file, or else is asked for. InvalidArgument where it cannot be had, with
/// what to do about it.
Result<Credential> read_credential(AuthScheme scheme, const std::string& user,
                                   const std::optional<std::filesystem::path>& file);

}  // namespace haul::cli

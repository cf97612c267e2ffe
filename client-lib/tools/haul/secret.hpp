#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "haul/error.hpp"

namespace haul::cli {

/// What a user types at a prompt is shown, or not.
enum class Echo { On, Off };

/// Whether there is somebody to ask: standard input and standard error are a terminal.
bool can_ask();

/// Asks for a line on the terminal. Nothing at its end, and at an interrupt.
std::optional<std::string> ask(const std::string& prompt, Echo echo);

/// The first line of a file, or of standard input for "-". InvalidArgument where it cannot be read, is empty
/// or longer than 8 KiB.
Result<std::string> read_secret(const std::filesystem::path& path);

}  // namespace haul::cli

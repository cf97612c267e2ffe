#pragma once

#include <filesystem>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/options.hpp"

namespace haul::cli {

/// "KEY=VALUE"; nothing where there is no key or no "=". The value may hold more of these.
std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text);

/// "NAME=VALUE" or "NAME=@FILE"; `here` is what a relative path belongs to. Nothing for what is neither.
std::optional<FormPart> parse_form_part(std::string_view text, const std::filesystem::path& here);

/// Lines without the blanks around them; those that are empty say nothing.
std::vector<std::string> parse_lines(std::istream& input);

/// The absolute path of a file to send. A ".." stays where it is: what it means behind a symbolic link is
/// for the file system to say.
std::filesystem::path absolute_source(const std::filesystem::path& file, const std::filesystem::path& here);

}  // namespace haul::cli

#include "upload_values.hpp"

#include <algorithm>

namespace haul::cli {

std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
    const auto separator = text.find('=');
    if (separator == std::string_view::npos || separator == 0) return std::nullopt;
    return std::pair(std::string(text.substr(0, separator)), std::string(text.substr(separator + 1)));
}

std::optional<FormPart> parse_form_part(std::string_view text, const std::filesystem::path& here) {
    auto pair = parse_pair(text);
    if (!pair) return std::nullopt;
    auto& [name, value] = *pair;
    if (!value.starts_with('@')) return FormPart{.name = std::move(name), .value = std::move(value)};
    if (value.size() == 1) return std::nullopt;
    return FormPart{.name = std::move(name), .file = absolute_source(value.substr(1), here)};
}

std::vector<std::string> parse_lines(std::istream& input) {
    constexpr std::string_view kBlank = " \t\r";
    std::vector<std::string> lines;
    for (std::string line; std::getline(input, line);) {
        const auto first = line.find_first_not_of(kBlank);
        if (first == std::string::npos) continue;
        lines.push_back(line.substr(first, line.find_last_not_of(kBlank) - first + 1));
    }
    return lines;
}

std::filesystem::path absolute_source(const std::filesystem::path& file, const std::filesystem::path& here) {
    const bool has_parents = std::find(file.begin(), file.end(), "..") != file.end();
    return has_parents ? here / file : (here / file).lexically_normal();
}

}  // namespace haul::cli

#include "input_file.hpp"

#include <string_view>
#include <utility>

#include "trimmed.hpp"

namespace haul::cli {

namespace {

constexpr std::size_t kMostEntries = 10'000;  // of one CreateMany
constexpr std::size_t kLongestLine = 64 * 1024;

tl::unexpected<Error> refuse(std::size_t line, std::string_view why) {
    return tl::unexpected(Error{.code = ErrorCode::InvalidArgument,
                                .message = "line " + std::to_string(line) + ": " + std::string(why),
                                .name = {}});
}

InputEntry to_entry(std::string_view text, std::size_t line) {
    InputEntry entry{.url = {}, .mirrors = {}, .options = {}, .line = line};
    while (true) {
        const auto tabulator = text.find('\t');
        const auto url = trimmed(text.substr(0, tabulator));
        if (entry.url.empty()) {
            entry.url = url;
        } else if (!url.empty()) {
            entry.mirrors.emplace_back(url);
        }
        if (tabulator == std::string_view::npos) return entry;
        text.remove_prefix(tabulator + 1);
    }
}

}  // namespace

Result<std::vector<InputEntry>> parse_input(std::istream& input) {
    std::vector<InputEntry> entries;
    std::string text;
    for (std::size_t line = 1; std::getline(input, text); ++line) {
        if (text.size() > kLongestLine) return refuse(line, "it is longer than 64 KiB");
        const auto content = trimmed(text);
        if (content.empty() || content.front() == '#') continue;
        if (text.front() != ' ' && text.front() != '\t') {
            if (entries.size() == kMostEntries)
                return refuse(line, "one call makes at most 10000 downloads; split the file");
            entries.push_back(to_entry(content, line));
            continue;
        }
        if (entries.empty()) return refuse(line, "an option stands before the first URL");
        const auto equals = content.find('=');
        const auto key = trimmed(content.substr(0, equals));
        if (equals == std::string_view::npos || key.empty())
            return refuse(line, "an indented line is an option of the URL above it, like \"output=name\"");
        entries.back().options.push_back({.key = std::string(key),
                                          .value = std::string(trimmed(content.substr(equals + 1))),
                                          .line = line});
    }
    return entries;
}

}  // namespace haul::cli

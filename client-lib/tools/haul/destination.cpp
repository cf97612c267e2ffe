#include "destination.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "terminal_text.hpp"

namespace haul::cli {

namespace {

constexpr std::string_view kNoName = "index.html";
/// Leaves room under the usual limit of 255 for what is added to a name.
constexpr std::size_t kLongestName = 200;

/// RFC 3986, section 3.3: the path without authority, query and fragment.
std::string_view path_of(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const auto authority = url.find("://");
    if (authority == std::string_view::npos) return url;
    url.remove_prefix(authority + 3);
    const auto path = url.find('/');
    return path == std::string_view::npos ? std::string_view() : url.substr(path);
}

/// RFC 3986, section 2.1; what is no triplet stays.
std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned char byte = 0;
        if (text[at] == '%' && at + 2 < text.size() &&
            std::from_chars(text.data() + at + 1, text.data() + at + 3, byte, 16).ptr ==
                text.data() + at + 3) {
            decoded += static_cast<char>(byte);
            at += 2;
        } else {
            decoded += text[at];
        }
    }
    return decoded;
}

/// Drops a character that the cut went through.
std::string cut_to(std::string name, std::size_t length) {
    if (name.size() <= length) return name;
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0) == 0x80) --length;
    name.resize(length);
    return name;
}

}  // namespace

std::string name_from_url(std::string_view url) {
    const auto path = path_of(url);
    const auto segment = path.substr(path.rfind('/') + 1);
    auto name = printable(percent_decoded(segment));
    // A '?' stands for what printable() took out, and is awkward in a name of its own accord.
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '/' || c == '\\' || c == '?'; }, '_');
    if (name.find_first_not_of("._- ") == std::string::npos) return std::string(kNoName);
    if (name.front() == '.' || name.front() == '-') name.front() = '_';
    return cut_to(std::move(name), kLongestName);
}

bool is_directory(const std::filesystem::path& output, const std::filesystem::path& directory) {
    const auto place = directory / output;
    std::error_code failure;
    return !place.has_filename() || std::filesystem::is_directory(place, failure);
}

std::filesystem::path destination_of(const std::filesystem::path& output,
                                     const std::filesystem::path& directory) {
    const auto place = directory / output;
    // With the '/' at its end it is a directory for the daemon too, also where it is not there.
    return (is_directory(output, directory) ? place / "" : place).lexically_normal();
}

}  // namespace haul::cli

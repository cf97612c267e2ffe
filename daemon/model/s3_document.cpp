#include "model/s3_document.hpp"

#include <algorithm>

namespace haul::model {
namespace {

constexpr std::size_t kMaxCode = 64;

std::string escape_xml(std::string_view text) {
    std::string safe;
    for (char c : text) {
        if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (c == '"')
            safe += "&quot;";
        else
            safe += c;
    }
    return safe;
}

/// The text from the first element on: behind blanks, declaration, comments.
std::string_view root_of(std::string_view body) {
    if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
    while (true) {
        body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
        std::string_view end;
        if (body.starts_with("<?")) end = "?>";
        if (body.starts_with("<!--")) end = "-->";
        if (end.empty()) return body;
        auto at = body.find(end);
        if (at == body.npos) return {};
        body.remove_prefix(at + end.size());
    }
}

}  // namespace

std::string complete_multipart_document(const std::vector<std::string>& etags) {
    std::string document = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::size_t part = 0; part < etags.size(); ++part)
        document += "<Part><PartNumber>" + std::to_string(part + 1) + "</PartNumber><ETag>" +
                    escape_xml(etags[part]) + "</ETag></Part>";
    return document + "</CompleteMultipartUpload>";
}

bool is_s3_error(std::string_view body) {
    constexpr std::string_view kStart = "<Error";
    auto root = root_of(body);
    return root.starts_with(kStart) && root.find_first_of("> \t\r\n/", kStart.size()) == kStart.size();
}

std::string s3_error_code(std::string_view body) {
    constexpr std::string_view kOpen = "<Code>", kClose = "</Code>";
    if (!is_s3_error(body)) return {};
    auto begin = body.find(kOpen);
    auto end = body.find(kClose);
    if (begin == body.npos || end == body.npos || begin + kOpen.size() > end) return {};
    auto code = body.substr(begin + kOpen.size(), end - begin - kOpen.size());
    bool is_word = std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    return is_word && code.size() <= kMaxCode ? std::string{code} : std::string{};
}

}  // namespace haul::model

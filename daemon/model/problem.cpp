#include "model/problem.hpp"

#include <nlohmann/json.hpp>

#include "model/header.hpp"
#include "model/text.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

constexpr std::size_t kMaxTitle = 120;
constexpr std::size_t kMaxDetail = 280;

/// The parser knows that it is UTF-8.
std::string on_one_line(std::string_view text) {
    std::string line;
    while (auto character = first_character(text)) {
        auto code = character->code;
        bool is_control = code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029;
        // What turns the direction of writing would show another text than there is.
        bool is_turn = code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
                       (code >= 0x2066 && code <= 0x2069);
        if (is_control || is_turn)
            line += ' ';
        else
            line += text.substr(0, character->size);
        text.remove_prefix(character->size);
    }
    return line;
}

std::string member(const nlohmann::json& document, const char* name, std::size_t max) {
    auto found = document.find(name);
    if (found == document.end() || !found->is_string()) return {};
    return shorten(on_one_line(found->get_ref<const std::string&>()), max);
}

}  // namespace

std::string problem_text(std::string_view content_type, std::string_view body) {
    auto type = content_type.substr(0, content_type.find_first_of("; \t"));
    if (!same_name(type, "application/problem+json") || body.size() > kMaxProblem) return {};
    auto document = nlohmann::json::parse(body, nullptr, false);
    if (!document.is_object()) return {};
    auto title = member(document, "title", kMaxTitle);
    auto detail = member(document, "detail", kMaxDetail);
    return title + (title.empty() || detail.empty() ? "" : ": ") + detail;
}

}  // namespace haul::model

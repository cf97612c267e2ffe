#include "message_cutter.hpp"

#include <utility>

#include "terminal_text.hpp"

namespace haul::cli {

Cut MessageCutter::take(std::string_view piece) {
    Cut cut;
    for (auto end = piece.find('\n'); shape_ == MessageShape::Lines && end != std::string_view::npos;
         end = piece.find('\n')) {
        rest_ += piece.substr(0, end);
        piece.remove_prefix(end + 1);
        complete(cut);
        if (cut.trouble) return cut;
    }
    rest_ += piece;
    if (rest_.size() > longest_) complete(cut);  // before it grows for ever
    return cut;
}

Cut MessageCutter::finish() {
    Cut cut;
    if (!rest_.empty()) complete(cut);
    return cut;
}

void MessageCutter::complete(Cut& cut) {
    ++count_;
    if (const auto what = fault()) {
        const auto which =
            shape_ == MessageShape::Lines ? "line " + std::to_string(count_) : std::string("the input");
        cut.trouble =
            Error{.code = ErrorCode::InvalidArgument, .message = which + " is " + *what, .name = {}};
    } else {
        cut.messages.push_back(std::exchange(rest_, {}));
    }
}

/// What it is, where it cannot be sent.
std::optional<std::string> MessageCutter::fault() const {
    if (rest_.size() > longest_)
        return "longer than a message of " + std::to_string(longest_) + " bytes; --max-message allows more";
    if (shape_ == MessageShape::Lines && !is_utf8(rest_))
        return "not UTF-8 text; --binary sends bytes as they are";
    return std::nullopt;
}

}  // namespace haul::cli

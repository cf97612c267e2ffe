#include "message_cutter.hpp"

#include <utility>

#include "terminal_text.hpp"

namespace haul::cli {

Result<std::vector<std::string>> MessageCutter::take(std::string_view piece) {
    std::vector<std::string> messages;
    if (shape_ == MessageShape::Lines) {
        for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
            rest_ += piece.substr(0, end);
            piece.remove_prefix(end + 1);
            if (const auto checked = check(rest_); !checked) return tl::unexpected(checked.error());
            messages.push_back(std::exchange(rest_, {}));
            ++lines_;
        }
    }
    rest_ += piece;
    // Before it grows for ever.
    if (rest_.size() > longest_) return tl::unexpected(check(rest_).error());
    return messages;
}

Result<std::vector<std::string>> MessageCutter::finish() {
    std::vector<std::string> messages;
    if (shape_ == MessageShape::Lines && rest_.empty()) return messages;
    if (const auto checked = check(rest_); !checked) return tl::unexpected(checked.error());
    messages.push_back(std::exchange(rest_, {}));
    return messages;
}

Result<void> MessageCutter::check(std::string_view message) const {
    const auto what = shape_ == MessageShape::Lines ? "line " + std::to_string(lines_ + 1) : "the input";
    if (message.size() > longest_) {
        return tl::unexpected(Error{.code = ErrorCode::InvalidArgument,
                                    .message = what + " is longer than a message of " +
                                               std::to_string(longest_) + " bytes; --max-message allows more",
                                    .name = {}});
    }
    if (shape_ == MessageShape::Lines && !is_utf8(message)) {
        return tl::unexpected(Error{.code = ErrorCode::InvalidArgument,
                                    .message = what + " is not UTF-8 text; --binary sends bytes as they are",
                                    .name = {}});
    }
    return {};
}

}  // namespace haul::cli

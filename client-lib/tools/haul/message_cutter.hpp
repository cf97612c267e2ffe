#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/error.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// How standard input is cut into messages.
enum class MessageShape {
    Lines,  ///< each line is a text, without its end
    Whole,  ///< all of it is one binary message
};

/// Cuts what is read, in whatever pieces it comes, into messages.
class MessageCutter {
public:
    /// `longest`: no message may have more bytes.
    MessageCutter(MessageShape shape, Bytes longest) : shape_(shape), longest_(longest) {}

    /// The messages that are complete with this piece. InvalidArgument for one that is too long, or no UTF-8
    /// where it is to be text.
    Result<std::vector<std::string>> take(std::string_view piece);
    /// The last one, at the end of the input; none where that has ended with a line.
    Result<std::vector<std::string>> finish();

private:
    Result<void> check(std::string_view message) const;

    MessageShape shape_;
    Bytes longest_;
    std::string rest_;
    std::size_t lines_ = 0;
};

}  // namespace haul::cli

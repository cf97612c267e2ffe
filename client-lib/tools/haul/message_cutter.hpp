#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/error.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// How standard input is cut into messages.
enum class MessageShape {
    Lines,  ///< each line is a text, without its end
    Whole,  ///< all of it is one binary message; none where it is empty
};

/// What a piece of the input completes: messages, and where it ends them, what is wrong with the next one.
struct Cut {
    std::vector<std::string> messages = {};
    std::optional<Error> trouble = {};
};

/// Cuts what is read, in whatever pieces it comes, into messages.
class MessageCutter {
public:
    /// `longest`: no message may have more bytes.
    MessageCutter(MessageShape shape, Bytes longest) : shape_(shape), longest_(longest) {}

    /// The messages that are complete with this piece. InvalidArgument for one that is too long, or no UTF-8
    /// where it is to be text; then there is nothing more to take.
    Cut take(std::string_view piece);
    /// The last one, at the end of the input; none where nothing stands before that.
    Cut finish();

private:
    /// Puts what is complete now with the others, where nothing is wrong with it.
    void complete(Cut& cut);
    std::optional<std::string> fault() const;

    MessageShape shape_;
    Bytes longest_;
    std::string rest_;
    std::size_t count_ = 0;  ///< of messages, with a faulty one
};

}  // namespace haul::cli

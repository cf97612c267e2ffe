#include <gtest/gtest.h>

#include "message_cutter.hpp"

namespace haul::cli {
namespace {

using Messages = std::vector<std::string>;

TEST(MessageCutter, EachLineIsAMessageInWhateverPiecesItComes) {
    const std::string text = "one\n\nthree, and more\nlast";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        MessageCutter cutter(MessageShape::Lines, 100);
        Messages all;
        for (std::size_t at = 0; at < text.size(); at += size) {
            const auto complete = cutter.take(std::string_view(text).substr(at, size)).messages;
            all.insert(all.end(), complete.begin(), complete.end());
        }
        const auto last = cutter.finish().messages;
        all.insert(all.end(), last.begin(), last.end());
        EXPECT_EQ(all, (Messages{"one", "", "three, and more", "last"})) << size;
    }
}

TEST(MessageCutter, AnInputThatEndsWithALineHasNoMore) {
    MessageCutter cutter(MessageShape::Lines, 100);
    EXPECT_EQ(cutter.take("one\n").messages, Messages{"one"});
    EXPECT_EQ(cutter.finish().messages, Messages{});
}

TEST(MessageCutter, ALineThatIsTooLongIsNamed) {
    MessageCutter cutter(MessageShape::Lines, 3);
    EXPECT_EQ(cutter.take("abc\n").messages, Messages{"abc"});
    const auto refused = cutter.take("ab\nabcd\nabc\n");
    EXPECT_EQ(refused.messages, Messages{"ab"}) << "what stands before it is good";
    ASSERT_TRUE(refused.trouble);
    EXPECT_EQ(refused.trouble->code, ErrorCode::InvalidArgument);
    EXPECT_TRUE(refused.trouble->message.starts_with("line 3 ")) << refused.trouble->message;
}

TEST(MessageCutter, ALineThatNeverEndsIsNotKept) {
    MessageCutter cutter(MessageShape::Lines, 3);
    EXPECT_TRUE(cutter.take("abcd").trouble);
}

TEST(MessageCutter, ALineHasToBeText) {
    MessageCutter cutter(MessageShape::Lines, 100);
    EXPECT_FALSE(cutter.take("gr\xC3\xBC\xC3\x9F\xEF\xBF\xBD\n").trouble);
    EXPECT_TRUE(cutter.take("gr\xFC\xDF\n").trouble);
    MessageCutter last(MessageShape::Lines, 100);
    EXPECT_FALSE(last.take("\xC3").trouble);
    EXPECT_TRUE(last.finish().trouble);
}

TEST(MessageCutter, TheWholeInputIsOneMessageOfAnyBytes) {
    MessageCutter cutter(MessageShape::Whole, 100);
    EXPECT_EQ(cutter.take("a\n").messages, Messages{});
    EXPECT_EQ(cutter.take("\xFF\n").messages, Messages{});
    EXPECT_EQ(cutter.finish().messages, Messages{"a\n\xFF\n"});
    MessageCutter empty(MessageShape::Whole, 100);
    EXPECT_EQ(empty.finish().messages, Messages{});
    MessageCutter small(MessageShape::Whole, 3);
    EXPECT_TRUE(small.take("abcd").trouble);
}

}  // namespace
}  // namespace haul::cli

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
            const auto complete = cutter.take(std::string_view(text).substr(at, size)).value();
            all.insert(all.end(), complete.begin(), complete.end());
        }
        const auto last = cutter.finish().value();
        all.insert(all.end(), last.begin(), last.end());
        EXPECT_EQ(all, (Messages{"one", "", "three, and more", "last"})) << size;
    }
}

TEST(MessageCutter, AnInputThatEndsWithALineHasNoMore) {
    MessageCutter cutter(MessageShape::Lines, 100);
    EXPECT_EQ(cutter.take("one\n").value(), Messages{"one"});
    EXPECT_EQ(cutter.finish().value(), Messages{});
}

TEST(MessageCutter, ALineThatIsTooLongIsNamed) {
    MessageCutter cutter(MessageShape::Lines, 3);
    EXPECT_EQ(cutter.take("abc\n").value(), Messages{"abc"});
    const auto refused = cutter.take("abcd\n");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
    EXPECT_TRUE(refused.error().message.starts_with("line 2 ")) << refused.error().message;
}

TEST(MessageCutter, ALineThatNeverEndsIsNotKept) {
    MessageCutter cutter(MessageShape::Lines, 3);
    EXPECT_FALSE(cutter.take("abcd"));
}

TEST(MessageCutter, ALineHasToBeText) {
    MessageCutter cutter(MessageShape::Lines, 100);
    EXPECT_TRUE(cutter.take("gr\xC3\xBC\xC3\x9F\xEF\xBF\xBD\n"));
    EXPECT_FALSE(cutter.take("gr\xFC\xDF\n"));
    MessageCutter last(MessageShape::Lines, 100);
    EXPECT_TRUE(last.take("\xC3"));
    EXPECT_FALSE(last.finish());
}

TEST(MessageCutter, TheWholeInputIsOneMessageOfAnyBytes) {
    MessageCutter cutter(MessageShape::Whole, 100);
    EXPECT_EQ(cutter.take("a\n").value(), Messages{});
    EXPECT_EQ(cutter.take("\xFF\n").value(), Messages{});
    EXPECT_EQ(cutter.finish().value(), Messages{"a\n\xFF\n"});
    MessageCutter empty(MessageShape::Whole, 100);
    EXPECT_EQ(empty.finish().value(), Messages{""});
    MessageCutter small(MessageShape::Whole, 3);
    EXPECT_FALSE(small.take("abcd"));
}

}  // namespace
}  // namespace haul::cli

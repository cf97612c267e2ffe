#include "websocket/masked_frame.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace haul::websocket {
namespace {

std::string written(MaskedFrame& frame, std::size_t piece) {
    std::string bytes;
    std::vector<char> room(piece);
    while (!frame.is_written()) bytes.append(room.data(), frame.write(room.data(), room.size()));
    return bytes;
}

std::string payload_of(std::size_t size) {
    std::string payload;
    for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(i * 7 % 251);
    return payload;
}

/// What a server finds behind a head of so many bytes, whose last four are the key.
std::string payload_behind(std::string_view bytes, std::size_t head) {
    std::string payload;
    for (auto i = head; i < bytes.size(); ++i)
        payload += static_cast<char>(bytes[i] ^ bytes[head - 4 + (i - head) % 4]);
    return payload;
}

struct Size {
    std::size_t payload;
    std::string begin;  ///< of the head, up to the key
};

class MaskedFrameTest : public testing::TestWithParam<Size> {};

TEST_P(MaskedFrameTest, IsTheSameInPiecesOfAnySize) {
    const auto& [size, begin] = GetParam();
    auto head = begin.size() + 4;
    for (std::size_t piece : {1UL, 3UL, 13UL, 4096UL, 1UL << 20U}) {
        MaskedFrame frame{Opcode::Binary, payload_of(size)};
        auto bytes = written(frame, piece);
        EXPECT_EQ(bytes.substr(0, begin.size()), begin);
        EXPECT_TRUE(payload_behind(bytes, head) == payload_of(size)) << "in pieces of " << piece;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, MaskedFrameTest,
    testing::Values(Size{0, "\x82\x80"}, Size{1, "\x82\x81"}, Size{125, "\x82\xfd"},
                    Size{126, std::string{"\x82\xfe\x00\x7e", 4}}, Size{0xffff, "\x82\xfe\xff\xff"},
                    Size{0x10000, std::string{"\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00", 10}}));

TEST(MaskedFrame, HeadsAreReadAsTheyAreMade) {
    for (std::size_t size : {0UL, 125UL, 126UL, 0xffffUL, 0x10000UL}) {
        MaskedFrame frame{Opcode::Text, std::string(size, 'x'), MaskedFrame::Form::Compressed};
        auto bytes = written(frame, 1000);
        std::string_view left{bytes};
        auto head = HeadReader{}.take(left);
        ASSERT_TRUE(head);
        EXPECT_TRUE(head->is_last && head->is_masked && head->is_size_as_short);
        EXPECT_EQ(head->reserved, FrameHead::kCompressed);
        EXPECT_EQ(head->opcode, Opcode::Text);
        EXPECT_EQ(head->size, size);
        EXPECT_EQ(left.size(), size + 4);
    }
}

TEST(MaskedFrame, EachHasAKeyOfItsOwn) {
    std::set<std::string> keys;
    for (int i = 0; i < 2000; ++i) {
        MaskedFrame frame{Opcode::Ping, ""};
        keys.insert(written(frame, 100).substr(2));
    }
    EXPECT_GT(keys.size(), 1990U);
}

}  // namespace
}  // namespace haul::websocket

#include "websocket/deflate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace haul::websocket {
namespace {

constexpr std::size_t kLimit = 1 << 20;

RC_GTEST_PROP(DeflateProperty, WhatWasCompressedComesBack,
              (const std::vector<std::string>& messages, bool forgets)) {
    Deflate here{{.we_forget = forgets, .peer_forgets = forgets}};
    Deflate there{{.we_forget = forgets, .peer_forgets = forgets}};
    for (const auto& message : messages) {
        std::string back;
        RC_ASSERT(there.inflate(here.compress(message), back, kLimit) == Deflate::Outcome::Good);
        RC_ASSERT(there.finish(back, kLimit) == Deflate::Outcome::Good);
        RC_ASSERT(back == message);
    }
}

TEST(Deflate, KnownBytes) {
    // RFC 7692, 7.2.3.1 and 7.2.3.2: "Hello", and again with the window of the first one.
    Deflate deflate{{}};
    EXPECT_EQ(deflate.compress("Hello"), std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7));
    EXPECT_EQ(deflate.compress("Hello"), std::string("\xf2\x00\x11\x00\x00", 5));
}

TEST(Deflate, BombIsStoppedAtTheLimit) {
    Deflate deflate{{}};
    auto bomb = deflate.compress(std::string(10 * kLimit, '\0'));
    EXPECT_LT(bomb.size(), kLimit / 50);
    std::string message;
    EXPECT_EQ(Deflate{{}}.inflate(bomb, message, kLimit), Deflate::Outcome::TooLong);
    EXPECT_LE(message.size(), kLimit);
}

TEST(Deflate, SmallestWindowIsNotForUs) {
    EXPECT_FALSE(Deflate{{.our_bits = 8}}.can_compress());
    EXPECT_TRUE(Deflate{{.our_bits = 9}}.can_compress());
}

}  // namespace
}  // namespace haul::websocket

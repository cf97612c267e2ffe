#include "model/digest_field.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace haul::model {
namespace {

// RFC 9530's examples: the digests of {"hello": "world"} and a line feed.
constexpr std::string_view kSha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
constexpr std::string_view kSha512 =
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

std::string digest(std::string_view text) {
    Hasher hasher{text == "sha-512" ? DigestAlgorithm::Sha512 : DigestAlgorithm::Sha256};
    hasher.update("{\"hello\": \"world\"}\n");
    return to_text(hasher.finish());
}

std::string parsed(std::string_view field) {
    auto digest = parse_digest_field(field);
    return digest ? to_text(*digest) : "none";
}

const std::string k256 = digest("sha-256"), k512 = digest("sha-512");

TEST(DigestField, HasTheDigestsOfTheStandardsExamples) {
    EXPECT_EQ(parsed(kSha256), k256);
    EXPECT_EQ(parsed(kSha512), k512);
}

TEST(DigestField, TheStrongestCounts) {
    auto both = std::string{kSha256} + ",\t" + std::string{kSha512};
    EXPECT_EQ(parsed(both), k512);
    EXPECT_EQ(parsed(std::string{kSha512} + "," + std::string{kSha256}), k512);
}

TEST(DigestField, WhatIsUnknownIsPassedOver) {
    EXPECT_EQ(parsed("md5=:ZGFtbg==:, " + std::string{kSha256} + " , unixsum=:MTI=:"), k256);
    EXPECT_EQ(parsed("a, b=?0, c=-1.5, d=\"x\\\"y\", e=tok/en:*, f=(1 :YQ==: \"z\";p=2);q, *g=1;h=2;i, " +
                     std::string{kSha256} + ";note=\"x\""),
              k256);
    EXPECT_EQ(parsed("md5=:ZGFtbg==:"), "none");
    EXPECT_EQ(parsed(""), "none");
    EXPECT_EQ(parsed("SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"), "none");
}

TEST(DigestField, TheLastOfTwoCounts) {
    auto other = "sha-256=:" + std::string(43, 'A') + "=:";
    EXPECT_NE(parsed(other), "none");
    EXPECT_EQ(parsed(other + ", " + std::string{kSha256}), k256);
}

TEST(DigestField, PaddingMayBeMissing) {
    EXPECT_EQ(parsed("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:"), k256);
}

TEST(DigestField, MalformedOnesHaveNoValue) {
    std::string good{kSha256};
    auto value = good.substr(8);
    const std::vector<std::string> malformed{good + ",",
                                             good + ", ",
                                             "," + good,
                                             good + ",," + good,
                                             good + " x=1",
                                             good + ";",
                                             good + ";=1",
                                             good + ";a=",
                                             good.substr(0, good.size() - 1),
                                             "sha-256",
                                             "sha-256=",
                                             "sha-256=1",
                                             "sha-256=\"x\"",
                                             "sha-256=()",
                                             "sha-256=::",
                                             "sha-256=:YQ==:",
                                             "sha-256=:=:",
                                             "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg=:",
                                             "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg==:",
                                             "sha-256 =" + value,
                                             "sha-256= " + value,
                                             "sha-512=" + value,
                                             std::string{kSha512} + ", sha-256=1",
                                             "1=" + value,
                                             "\t" + good,
                                             good + ", x=?2",
                                             good + ", x=1.",
                                             good + ", x=1.1234",
                                             good + ", x=1234567890123456",
                                             good + ", x=-",
                                             good + ", x=\"",
                                             good + ", x=\"\\a\"",
                                             good + ", x=\"\x80\"",
                                             good + ", x=(1",
                                             good + ", x=(1,2)",
                                             good + ", x=(1\"2\")",
                                             good + ", x=#",
                                             "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="};
    for (const auto& field : malformed) EXPECT_EQ(parsed(field), "none") << field;
}

RC_GTEST_PROP(DigestField, WrittenDigestsAreReadAgain, ()) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    auto algorithm = *rc::gen::element(DigestAlgorithm::Sha256, DigestAlgorithm::Sha512);
    auto bytes = *rc::gen::container<std::string>(digest_size(algorithm), rc::gen::arbitrary<char>());
    std::string field = algorithm == DigestAlgorithm::Sha256 ? "sha-256=:" : "sha-512=:";
    auto bit = [&](std::size_t i) {
        return i / 8 < bytes.size() ? static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8) & 1 : 0;
    };
    for (std::size_t i = 0; i < bytes.size() * 8; i += 6) {
        std::size_t sextet = 0;
        for (std::size_t j = 0; j < 6; ++j) sextet = sextet * 2 + static_cast<std::size_t>(bit(i + j));
        field += kAlphabet[sextet];
    }
    field += std::string(algorithm == DigestAlgorithm::Sha256 ? 1 : 2, '=') + ":";
    RC_ASSERT(parse_digest_field(field) == (Digest{algorithm, bytes}));
}

}  // namespace
}  // namespace haul::model

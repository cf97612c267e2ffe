#include "base/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.hpp"

namespace haul {
namespace {

// FIPS 180-4's examples: the digests of "abc".
constexpr std::string_view kAbc256 =
    "sha-256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kAbc512 =
    "sha-512=ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
constexpr std::string_view kNothing256 =
    "sha-256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Digest hash(DigestAlgorithm algorithm, std::string_view text) {
    Hasher hasher{algorithm};
    hasher.update(text);
    return hasher.finish();
}

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes += static_cast<char>(hex_digit(hex[i]) * 16 + hex_digit(hex[i + 1]));
    return bytes;
}

std::string any_text() {
    return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

TEST(Digest, HashesAsTheStandardsExamplesSay) {
    EXPECT_EQ(to_text(hash(DigestAlgorithm::Sha256, "abc")), kAbc256);
    EXPECT_EQ(to_text(hash(DigestAlgorithm::Sha512, "abc")), kAbc512);
    EXPECT_EQ(to_text(hash(DigestAlgorithm::Sha256, "")), kNothing256);
}

TEST(Digest, FinishBeginsAnotherOne) {
    Hasher hasher{DigestAlgorithm::Sha256};
    hasher.update("something else");
    hasher.finish();
    hasher.update("abc");
    EXPECT_EQ(to_text(hasher.finish()), kAbc256);
}

TEST(Digest, AMovedHasherGoesOn) {
    Hasher first{DigestAlgorithm::Sha512};
    first.update("ab");
    Hasher second{std::move(first)};
    second.update("c");
    EXPECT_EQ(to_text(second.finish()), kAbc512);
}

RC_GTEST_PROP(Digest, PiecesHashAsTheWhole, ()) {
    auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
    auto algorithm = *rc::gen::element(DigestAlgorithm::Sha256, DigestAlgorithm::Sha512);
    Hasher hasher{algorithm};
    std::string whole;
    for (const auto& piece : pieces) {
        hasher.update(piece);
        whole += piece;
    }
    RC_ASSERT(hasher.finish() == hash(algorithm, whole));
}

TEST(Digest, TextIsReadInAnyCase) {
    auto digest = parse_digest("SHA-256=BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    EXPECT_EQ(digest, hash(DigestAlgorithm::Sha256, "abc"));
}

TEST(Digest, TextThatIsNoDigestIsRefused) {
    std::string good{kAbc256};
    ASSERT_TRUE(parse_digest(good));
    for (const auto& text : {std::string{}, std::string{"sha-256"}, std::string{"sha-256="}, good + "0",
                             good + "00", good.substr(0, good.size() - 1), good.substr(0, good.size() - 2),
                             " " + good, "sha-512" + good.substr(7), "sha-257" + good.substr(7),
                             "sha256" + good.substr(7), good.substr(0, 7) + ":" + good.substr(8),
                             good.substr(0, 8) + "g" + good.substr(9), good.substr(0, 71) + " "})
        EXPECT_FALSE(parse_digest(text)) << text;
}

RC_GTEST_PROP(Digest, TextAndBack, ()) {
    auto digest = hash(*rc::gen::element(DigestAlgorithm::Sha256, DigestAlgorithm::Sha512), any_text());
    RC_ASSERT(parse_digest(to_text(digest)) == digest);
}

TEST(Hmac, FitsTheExamplesOfRfc4231) {
    EXPECT_EQ(hmac_sha256(std::string(20, '\x0b'), "Hi There"),
              from_hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
              from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    EXPECT_EQ(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
              from_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

TEST(Hmac, NoKeyIsAKeyToo) {
    const auto* nothing_of_nothing = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    hmac_sha256("another", "before");
    EXPECT_EQ(hmac_sha256({}, {}), from_hex(nothing_of_nothing));
}

TEST(ConstantTime, ComparesWholeTexts) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "bbc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time("", "a"));
}

TEST(RandomBytes, AreAsManyAsAskedForAndNotTheSame) {
    EXPECT_EQ(random_bytes(0), "");
    EXPECT_EQ(random_bytes(32).size(), 32U);
    EXPECT_NE(random_bytes(32), random_bytes(32));
}

}  // namespace
}  // namespace haul

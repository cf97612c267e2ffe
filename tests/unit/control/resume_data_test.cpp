#include "control/resume_data.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/digest.hpp"
#include "journal/fields_codec.hpp"
#include "model/limits.hpp"

namespace haul::control {
namespace {

constexpr std::string_view kKey = "a key of the journal's, 32 bytes";
const ResumeData kData{"instance", OwnerId{1000}, TaskId{7}, "http://host/file", 42};

std::string any_text() {
    return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

/// As seal() makes it, of whatever fields.
std::string sealed(const Fields& fields) {
    auto bytes = "HAULRD\1" + journal::encode(fields);
    return bytes + hmac_sha256(kKey, bytes);
}

RC_GTEST_PROP(ResumeData, SealedAndUnsealed, ()) {
    ResumeData data{any_text(), OwnerId{*rc::gen::arbitrary<std::uint32_t>()},
                    TaskId{*rc::gen::arbitrary<std::uint64_t>()}, any_text(),
                    *rc::gen::arbitrary<std::uint64_t>()};
    auto key = any_text();
    RC_ASSERT(unseal(seal(data, key), key) == data);
    RC_ASSERT(!unseal(seal(data, key), key + "x"));
}

TEST(ResumeData, NoByteCanBeChanged) {
    auto good = seal(kData, kKey);
    ASSERT_EQ(unseal(good, kKey), kData);
    for (std::size_t i = 0; i < good.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            auto bad = good;
            bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
            EXPECT_FALSE(unseal(bad, kKey)) << "bit " << bit << " of byte " << i;
        }
}

TEST(ResumeData, NothingCanBeCutOffOrAdded) {
    auto good = seal(kData, kKey);
    for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(unseal(good.substr(0, size), kKey));
    EXPECT_FALSE(unseal(good + '\0', kKey));
    EXPECT_FALSE(unseal('\0' + good, kKey));
}

TEST(ResumeData, AnotherVersionIsNotRead) {
    std::string bytes = "HAULRD\2" + journal::encode({{"task", std::uint64_t{7}}});
    EXPECT_FALSE(unseal(bytes + hmac_sha256(kKey, bytes), kKey));
}

TEST(ResumeData, EachFieldHasToBeThere) {
    const Fields all{{"instance", std::string{"i"}},
                     {"owner", std::uint32_t{1}},
                     {"task", std::uint64_t{2}},
                     {"url", std::string{}},
                     {"nonce", std::uint64_t{3}}};
    ASSERT_TRUE(unseal(sealed(all), kKey));
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto some = all;
        some.erase(some.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(unseal(sealed(some), kKey)) << all[i].key;
        some = all;
        some[i].value = true;
        EXPECT_FALSE(unseal(sealed(some), kKey)) << all[i].key << " of another type";
    }
}

TEST(ResumeData, TheLongestUrlFits) {
    auto data = kData;
    data.url = "http://" + std::string(model::kMaxUrl - 7, 'h');
    auto bytes = seal(data, kKey);
    EXPECT_LE(bytes.size(), model::kMaxResumeData);
    EXPECT_EQ(unseal(bytes, kKey), data);
}

TEST(ResumeData, MoreThanItsBoundIsNotRead) {
    auto data = kData;
    data.url = std::string(model::kMaxResumeData, 'h');
    EXPECT_FALSE(unseal(seal(data, kKey), kKey));
}

}  // namespace
}  // namespace haul::control

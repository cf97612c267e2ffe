#include "model/coverage.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace haul {
namespace model {

// For failures that people can read.
void PrintTo(const Span& span, std::ostream* out) {
    *out << "[" << span.begin << "," << span.end << ")";
}

namespace {

constexpr Bytes kSize = 64;  // of the file in the properties: small, so that spans meet often
constexpr Bytes kHuge = UINT64_MAX;

Coverage coverage_of(std::initializer_list<Span> spans) {
    Coverage coverage;
    for (auto span : spans) coverage.add(span);
    return coverage;
}

/// The same in the plainest way: one flag a byte.
using Bitmap = std::vector<bool>;

Bitmap to_bitmap(const Coverage& coverage, Bytes size) {
    Bitmap bitmap(size);
    auto paint = [&](Span span) {
        for (auto i = span.begin; i < span.end; ++i) bitmap.at(i) = true;
    };
    paint({0, coverage.prefix()});
    for (auto island : coverage.islands()) paint(island);
    return bitmap;
}

Span any_span() {
    return {*rc::gen::inRange<Bytes>(0, kSize + 1), *rc::gen::inRange<Bytes>(0, kSize + 1)};
}

Coverage any_coverage() {
    Coverage coverage;
    for (auto left = *rc::gen::inRange(0, 12); left > 0; --left) coverage.add(any_span());
    return coverage;
}

void assert_sound(const Coverage& coverage) {
    auto behind = coverage.prefix();
    for (auto island : coverage.islands()) {
        RC_ASSERT(island.begin > behind);
        RC_ASSERT(island.end > island.begin);
        behind = island.end;
    }
    RC_ASSERT(coverage.end() == behind);
    RC_ASSERT(coverage.is_prefix() == coverage.islands().empty());
    RC_ASSERT(coverage.is_empty() == (coverage.bytes() == 0));
}

TEST(Coverage, StartsEmpty) {
    Coverage coverage;
    EXPECT_TRUE(coverage.is_empty());
    EXPECT_TRUE(coverage.is_prefix());
    EXPECT_EQ(coverage.end(), 0U);
    EXPECT_EQ(coverage.gaps(10), (std::vector<Span>{{0, 10}}));
    EXPECT_TRUE(coverage.is_whole(0));
    EXPECT_FALSE(coverage.is_whole(1));
}

TEST(Coverage, APrefixThatGrowsStaysOne) {
    Coverage coverage{5};
    coverage.add({5, 9});
    coverage.add({3, 7});
    EXPECT_EQ(coverage, Coverage{9});
    EXPECT_TRUE(coverage.is_whole(9));
    EXPECT_FALSE(coverage.is_whole(10));
}

TEST(Coverage, KeepsWhatLiesApart) {
    auto coverage = coverage_of({{20, 30}, {0, 5}, {40, 50}});
    EXPECT_EQ(coverage.prefix(), 5U);
    EXPECT_EQ(coverage.islands(), (std::vector<Span>{{20, 30}, {40, 50}}));
    EXPECT_EQ(coverage.bytes(), 25U);
    EXPECT_EQ(coverage.end(), 50U);
    EXPECT_EQ(coverage.gaps(60), (std::vector<Span>{{5, 20}, {30, 40}, {50, 60}}));
    EXPECT_EQ(coverage.gaps(25), (std::vector<Span>{{5, 20}}));
}

TEST(Coverage, JoinsWhatMeets) {
    EXPECT_EQ(coverage_of({{10, 20}, {30, 40}, {20, 30}}).islands(), (std::vector<Span>{{10, 40}}));
    EXPECT_EQ(coverage_of({{10, 20}, {30, 40}, {0, 10}}), coverage_of({{0, 20}, {30, 40}}));
    EXPECT_EQ(coverage_of({{10, 20}, {30, 40}, {0, 35}}), Coverage{40});
}

TEST(Coverage, HoldsWhateverSixtyFourBitsCount) {
    auto coverage = coverage_of({{0, 1}, {kHuge - 1, kHuge}});
    EXPECT_EQ(coverage.bytes(), 2U);
    EXPECT_EQ(coverage.gaps(kHuge), (std::vector<Span>{{1, kHuge - 1}}));
    coverage.add({1, kHuge});
    EXPECT_EQ(coverage, Coverage{kHuge});
}

TEST(Coverage, ForgetsIslandsBeyondItsBound) {
    Coverage coverage;
    for (Bytes i = 1; i <= kMaxIslands; ++i) coverage.add({10 * i, 10 * i + 1});
    auto full = coverage;
    ASSERT_EQ(full.islands().size(), kMaxIslands);
    coverage.add({15, 16});
    EXPECT_EQ(coverage, full);
    coverage.add({11, 20});  // joins two: there is room again
    coverage.add({5, 6});
    EXPECT_EQ(coverage.islands().size(), kMaxIslands);
    EXPECT_EQ(coverage.islands().front(), (Span{5, 6}));
}

RC_GTEST_PROP(Coverage, HasTheBytesOfABitmap, ()) {
    Coverage coverage;
    Bitmap bitmap(kSize);
    for (auto left = *rc::gen::inRange(0, 20); left > 0; --left) {
        if (*rc::gen::inRange(0, 8) == 0) {
            auto size = *rc::gen::inRange<Bytes>(0, kSize + 1);
            coverage.cut(size);
            for (auto i = size; i < kSize; ++i) bitmap[i] = false;
        } else {
            auto span = any_span();
            coverage.add(span);
            for (auto i = span.begin; i < span.end; ++i) bitmap[i] = true;
        }
        assert_sound(coverage);
        RC_ASSERT(to_bitmap(coverage, kSize) == bitmap);
        RC_ASSERT(coverage.bytes() == static_cast<Bytes>(std::count(bitmap.begin(), bitmap.end(), true)));
    }
}

RC_GTEST_PROP(Coverage, GapsAreWhatItLacks, ()) {
    auto coverage = any_coverage();
    auto total = *rc::gen::inRange<Bytes>(0, kSize + 1);
    auto gaps = coverage.gaps(total);
    RC_ASSERT(coverage.is_whole(total) == gaps.empty());
    coverage.cut(total);
    auto bitmap = to_bitmap(coverage, kSize);
    Bytes behind = 0;
    for (auto gap : gaps) {
        RC_ASSERT(gap.begin >= behind);
        RC_ASSERT(gap.end <= total);
        behind = gap.end + 1;
        for (auto i = gap.begin; i < gap.end; ++i) {
            RC_ASSERT(!bitmap[i]);
            bitmap[i] = true;
        }
    }
    RC_ASSERT(static_cast<Bytes>(std::count(bitmap.begin(), bitmap.end(), true)) == total);
}

RC_GTEST_PROP(Coverage, BytesAndBack, ()) {
    auto coverage = any_coverage();
    RC_ASSERT(decode_coverage(coverage.bytes(), encode_islands(coverage)) == coverage);
}

RC_GTEST_PROP(Coverage, WhateverIsDecodedIsEncodedSo, ()) {
    // Numbers that make sense often enough, in one byte each of the encoded eight.
    auto numbers = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 20));
    std::string bytes;
    for (auto number : numbers) bytes += std::string(1, static_cast<char>(number)) + std::string(7, '\0');
    auto sum = *rc::gen::inRange<Bytes>(0, 40);
    auto coverage = decode_coverage(sum, bytes);
    if (!coverage) return;
    assert_sound(*coverage);
    RC_ASSERT(encode_islands(*coverage) == bytes);
    RC_ASSERT(coverage->bytes() == sum);
}

TEST(Coverage, FormIsStable) {
    // A later daemon reads what this one wrote: these bytes never change.
    EXPECT_EQ(encode_islands(Coverage{7}), "");
    EXPECT_EQ(encode_islands(coverage_of({{0, 1}, {0x0102, 0x0304}})),
              std::string("\x02\x01\0\0\0\0\0\0\x04\x03\0\0\0\0\0\0", 16));
}

std::string encoded(std::initializer_list<Span> spans) {
    std::string bytes;
    for (auto span : spans)
        for (auto number : {span.begin, span.end})
            for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift);
    return bytes;
}

TEST(Coverage, WhatMakesNoSenseIsRefused) {
    ASSERT_EQ(decode_coverage(15, encoded({{10, 20}})), coverage_of({{0, 5}, {10, 20}}));
    EXPECT_FALSE(decode_coverage(15, encoded({{10, 20}}).substr(1))) << "torn";
    EXPECT_FALSE(decode_coverage(9, encoded({{10, 20}}))) << "more in islands than in all";
    EXPECT_FALSE(decode_coverage(20, encoded({{10, 20}}))) << "touches the prefix";
    EXPECT_FALSE(decode_coverage(25, encoded({{10, 20}}))) << "overlaps the prefix";
    EXPECT_FALSE(decode_coverage(9, encoded({{10, 10}}))) << "empty";
    EXPECT_FALSE(decode_coverage(9, encoded({{20, 10}}))) << "backwards";
    EXPECT_FALSE(decode_coverage(22, encoded({{10, 20}, {20, 30}}))) << "touch";
    EXPECT_FALSE(decode_coverage(22, encoded({{10, 20}, {19, 30}}))) << "overlap";
    EXPECT_FALSE(decode_coverage(22, encoded({{30, 40}, {10, 20}}))) << "descend";
    EXPECT_FALSE(decode_coverage(8, encoded({{10, kHuge}, {5, 9}}))) << "sum overflows";
}

TEST(Coverage, NoMoreIslandsAreReadThanItHolds) {
    std::string bytes;
    for (Bytes i = 1; i <= kMaxIslands; ++i) bytes += encoded({{10 * i, 10 * i + 1}});
    EXPECT_TRUE(decode_coverage(kMaxIslands, bytes));
    bytes += encoded({{10 * (kMaxIslands + 1), 10 * (kMaxIslands + 1) + 1}});
    EXPECT_FALSE(decode_coverage(kMaxIslands + 1, bytes));
}

}  // namespace
}  // namespace model
}  // namespace haul

#include "journal/fields_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace haul::journal {
namespace {

const Fields kOneOfEach{{"flag", true},
                        {"u16", std::uint16_t{65535}},
                        {"u32", UINT32_MAX},
                        {"u64", UINT64_MAX},
                        {"i64", std::int64_t{-1}},
                        {"real", 0.25},
                        {"text", std::string("with\0nul", 8)},
                        {"texts", std::vector<std::string>{"", "two"}},
                        {"map", std::map<std::string, std::string>{{"a", "b"}, {"", ""}}},
                        {"blob", Blob{0, 255, 7}},
                        {"form", FormParts{{{"name", "a"}, {"value", ""}}, {}, {{"b", "c"}}}},
                        {"ids", std::vector<std::uint64_t>{0, 1, UINT64_MAX}}};

TEST(FieldsCodec, KeepsEachType) {
    EXPECT_EQ(decode(encode(kOneOfEach)), kOneOfEach);
}

TEST(FieldsCodec, NothingIsNothing) {
    EXPECT_EQ(encode({}), "");
    EXPECT_TRUE(decode("").empty());
}

TEST(FieldsCodec, FormIsStable) {
    // A later daemon reads what this one wrote: these bytes never change.
    EXPECT_EQ(encode({{"a", true}, {"n", std::uint64_t{300}}, {"s", std::string{"xy"}}}),
              std::string("\1a\0\1\1n\3\xac\2\1s\6\2xy", 15));
}

TEST(FieldsCodec, TypesOfALaterVersionEndTheList) {
    auto bytes = encode({{"known", true}}) + std::string("\3new\x63\1", 6) + encode({{"after", true}});
    EXPECT_EQ(decode(bytes), (Fields{{"known", true}}));
}

TEST(FieldsCodec, HugeLengthsAreNotBelieved) {
    for (const auto& bytes :
         {std::string("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9), std::string("\1a\6\xff\xff\xff\xff\x7f", 8),
          std::string("\1a\7\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 12),
          std::string("\1a\x8\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 12),
          std::string("\1a\xa\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 12), std::string(20, '\xff')})
        EXPECT_TRUE(decode(bytes).empty());
}

std::string any_text() {
    return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

Value any_value() {
    switch (*rc::gen::inRange(0, 11)) {
        case 10:
            return FormParts{{{any_text(), any_text()}}, {}};
        case 9:
            return *rc::gen::arbitrary<Blob>();
        case 0:
            return *rc::gen::arbitrary<bool>();
        case 1:
            return *rc::gen::arbitrary<std::uint16_t>();
        case 2:
            return *rc::gen::arbitrary<std::uint32_t>();
        case 3:
            return *rc::gen::arbitrary<std::uint64_t>();
        case 4:
            return *rc::gen::arbitrary<std::int64_t>();
        case 5:
            return *rc::gen::arbitrary<double>();
        case 6:
            return any_text();
        case 7:
            return std::vector<std::string>{any_text(), any_text()};
        default:
            return std::map<std::string, std::string>{{any_text(), any_text()}};
    }
}

Fields any_fields() {
    Fields fields;
    for (auto count = *rc::gen::inRange(0, 6); count > 0; --count)
        fields.push_back({any_text(), any_value()});
    return fields;
}

RC_GTEST_PROP(FieldsCodec, DecodesWhatItEncoded, ()) {
    auto fields = any_fields();
    RC_ASSERT(decode(encode(fields)) == fields);
}

RC_GTEST_PROP(FieldsCodec, TruncatedBytesGiveTheFieldsBeforeTheCut, ()) {
    auto fields = any_fields();
    auto bytes = encode(fields);
    auto cut = decode(std::string_view{bytes}.substr(0, *rc::gen::inRange<std::size_t>(0, bytes.size() + 1)));
    RC_ASSERT(cut.size() <= fields.size());
    for (std::size_t i = 0; i < cut.size(); ++i) RC_ASSERT(cut[i] == fields[i]);
}

RC_GTEST_PROP(FieldsCodec, DamagedBytesDoNoHarm, ()) {
    auto bytes = encode(any_fields());
    for (auto changes = *rc::gen::inRange(0, 4); changes > 0 && !bytes.empty(); --changes)
        bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    decode(bytes);
    decode(any_text());
}

}  // namespace
}  // namespace haul::journal

// What only uploads may have, or have in words of their own.

#include <gtest/gtest.h>

#include "model/options.hpp"

namespace haul::model {
namespace {

TEST(Options, ConditionsAreForUploadsAlone) {
    for (const char* name : {"If-Match", "if-unmodified-since"}) {
        Options options;
        ASSERT_TRUE(set_option(options, OptionScope::Task, "headers", TextMap{{name, "x"}}));
        EXPECT_TRUE(check_kind(options, TaskKind::Upload)) << name;
        auto refused = check_kind(options, TaskKind::Download);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
        EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error().message;
    }
}

TEST(Options, EachWordOfUploadsIsUnderstood) {
    for (const char* word : {"auto", "ietf", "tus", "content-range", "s3", "off"}) {
        Options options;
        ASSERT_TRUE(set_option(options, OptionScope::Task, "resumable", std::string{word})) << word;
        EXPECT_EQ(to_word(*options.resumable), word);
    }
    for (const char* word : {"auto", "copy", "never"}) {
        Options options;
        ASSERT_TRUE(set_option(options, OptionScope::Task, "snapshot", std::string{word})) << word;
        EXPECT_EQ(to_word(*options.snapshot), word);
    }
    for (const char* word : {"PUT", "POST", "PATCH"}) {
        Options options;
        EXPECT_TRUE(set_option(options, OptionScope::Task, "method", std::string{word})) << word;
    }
    for (std::uint32_t version : {3, 4, 5, 6, 8}) {
        Options options;
        EXPECT_TRUE(set_option(options, OptionScope::Task, "interop", version)) << version;
    }
}

}  // namespace
}  // namespace haul::model

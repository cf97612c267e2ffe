#include <gtest/gtest.h>

#include <chrono>

#include "encode.hpp"

namespace haul::detail {

namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> types_of(const Variants& variants) {
    std::map<std::string, std::string> types;
    for (const auto& [key, variant] : variants) types[key] = variant.peekValueType();
    return types;
}

std::string word_of(Resumable resumable) {
    return encode(UploadOptions{.resumable = resumable}).value().at("resumable").get<std::string>();
}

std::string word_of(Snapshot snapshot) {
    return encode(UploadOptions{.snapshot = snapshot}).value().at("snapshot").get<std::string>();
}

TEST(EncodeUpload, OnlyWhatHasAValueIsSent) {
    EXPECT_TRUE(encode(UploadOptions{}).value().empty());
    EXPECT_TRUE(encode(UploadRequest{.url = "http://h/"}).value().empty());
}

TEST(EncodeUpload, EachOptionHasItsKeyAndType) {
    const auto variants = encode(UploadOptions{
                                     .transfer = {.headers = {{"A", "b"}}, .retries = 3},
                                     .method = "POST",
                                     .file_descriptor = 0,
                                     .content_type = "text/plain",
                                     .form = {{.name = "a", .value = "b"}},
                                     .resumable = Resumable::ContentRange,
                                     .interop = 6,
                                     .metadata = {{"album", "x"}},
                                     .part_urls = {"http://a/1", "http://a/2"},
                                     .part_size = 5 << 20,
                                     .abort_url = "http://a/abort",
                                     .snapshot = Snapshot::Copy,
                                     .retry_non_idempotent = true,
                                     .token = "t",
                                     .start = Start::AtOnce,
                                     .not_before = Time(7us),
                                     .connections = 4,
                                     .if_none_match = "*",
                                 })
                              .value();
    EXPECT_EQ(types_of(variants), (std::map<std::string, std::string>{
                                      {"headers", "a{ss}"},
                                      {"retries", "u"},
                                      {"method", "s"},
                                      {"file-fd", "h"},
                                      {"content-type", "s"},
                                      {"form", "aa{sv}"},
                                      {"resumable", "s"},
                                      {"interop", "u"},
                                      {"upload-metadata", "a{ss}"},
                                      {"part-urls", "as"},
                                      {"part-size", "t"},
                                      {"abort-url", "s"},
                                      {"snapshot", "s"},
                                      {"retry-non-idempotent", "b"},
                                      {"token", "s"},
                                      {"start", "b"},
                                      {"not-before", "t"},
                                      {"connections", "u"},
                                      {"if-none-match", "s"},
                                  }));
    EXPECT_EQ(variants.at("resumable").get<std::string>(), "content-range");
    EXPECT_EQ(variants.at("part-urls").get<std::vector<std::string>>(),
              (std::vector<std::string>{"http://a/1", "http://a/2"}));
    EXPECT_EQ((variants.at("upload-metadata").get<std::map<std::string, std::string>>()),
              (std::map<std::string, std::string>{{"album", "x"}}));
    EXPECT_EQ(variants.at("part-size").get<std::uint64_t>(), 5U << 20);
    EXPECT_TRUE(variants.at("start").get<bool>());
}

TEST(EncodeUpload, EachProtocolAndSnapshotHasItsWord) {
    EXPECT_EQ(word_of(Resumable::Auto), "auto");
    EXPECT_EQ(word_of(Resumable::Ietf), "ietf");
    EXPECT_EQ(word_of(Resumable::Tus), "tus");
    EXPECT_EQ(word_of(Resumable::S3), "s3");
    EXPECT_EQ(word_of(Resumable::Off), "off");
    EXPECT_EQ(word_of(Snapshot::Auto), "auto");
    EXPECT_EQ(word_of(Snapshot::Never), "never");
}

TEST(EncodeUpload, PartsOfAFormKeepTheirOrder) {
    const auto variants = encode(UploadOptions{.form = {{.name = "text", .value = ""},
                                                        {.name = "image",
                                                         .file = "/home/me/a.png",
                                                         .filename = "b.png",
                                                         .content_type = "image/png"},
                                                        {.name = "open", .file_descriptor = 0}}})
                              .value();
    const auto parts = variants.at("form").get<std::vector<Variants>>();
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(types_of(parts[0]), (std::map<std::string, std::string>{{"name", "s"}, {"value", "s"}}));
    EXPECT_EQ(types_of(parts[1]),
              (std::map<std::string, std::string>{
                  {"name", "s"}, {"file", "s"}, {"filename", "s"}, {"content-type", "s"}}));
    EXPECT_EQ(parts[1].at("file").get<std::string>(), "/home/me/a.png");
    EXPECT_EQ(types_of(parts[2]), (std::map<std::string, std::string>{{"name", "s"}, {"file-fd", "h"}}));
}

TEST(EncodeUpload, OfManyTheFileIsAnOption) {
    const auto variants =
        encode(UploadRequest{.url = "http://h/", .file = "/home/me/file", .options = {.method = "PATCH"}})
            .value();
    EXPECT_EQ(types_of(variants), (std::map<std::string, std::string>{{"file", "s"}, {"method", "s"}}));
    EXPECT_EQ(variants.at("file").get<std::string>(), "/home/me/file");
}

TEST(EncodeUpload, WhatTheBusCannotCarryIsRefusedByName) {
    const auto descriptor = encode(UploadOptions{.file_descriptor = -1});
    ASSERT_FALSE(descriptor);
    EXPECT_EQ(descriptor.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(descriptor.error().message.find("file-fd"), std::string::npos);

    const auto urls = encode(UploadOptions{.part_urls = {"http://a/?signature=\xFF"}});
    ASSERT_FALSE(urls);
    EXPECT_NE(urls.error().message.find("part-urls"), std::string::npos);
    EXPECT_EQ(urls.error().message.find("signature"), std::string::npos);

    const auto form = encode(UploadOptions{.form = {{.name = "a", .value = "secret\xFF"}}});
    ASSERT_FALSE(form);
    EXPECT_NE(form.error().message.find("form"), std::string::npos);
    EXPECT_EQ(form.error().message.find("secret"), std::string::npos);
    EXPECT_FALSE(encode(UploadOptions{.form = {{.name = "a", .file_descriptor = -1}}}));
}

}  // namespace

}  // namespace haul::detail

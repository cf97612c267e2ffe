// How far uploads are and what they are read from, as columns.

#include "journal/upload_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "journal/fields_codec.hpp"

namespace haul::journal {
namespace {

using model::FileIdentity;
using model::UploadProtocol;
using model::UploadState;

UploadState full_state() {
    return {.protocol = UploadProtocol::Tus,
            .url = "http://example.org/u/1?token=secret",
            .offset = 6'000'000'000,
            .etags = {"\"one\"", "", "\"three\""},
            .max_append = 0,
            .expires = to_wall_time(1'700'000'000'000'000),
            .checksum = "sha1",
            .conflicts = 7,
            .is_discovered = true,
            .may_be_there = true,
            .furthest = 6'100'000'000};
}

const FileIdentity kIdentity{.device = UINT64_MAX,
                             .inode = UINT64_MAX - 1,
                             .size = 7,
                             .modified_ns = -5,
                             .changed_ns = 1'700'000'000'123'456'789};

TEST(UploadCodec, StateComesBackAsItWas) {
    EXPECT_EQ(decode_upload(encode(full_state())), full_state());
    EXPECT_EQ(decode_upload(encode(UploadState{})), UploadState{});
}

TEST(UploadCodec, EachProtocolComesBack) {
    for (auto protocol : {UploadProtocol::Off, UploadProtocol::Auto, UploadProtocol::Ietf,
                          UploadProtocol::Tus, UploadProtocol::ContentRange, UploadProtocol::S3})
        EXPECT_EQ(decode_upload(encode(UploadState{.protocol = protocol})).protocol, protocol);
}

TEST(UploadCodec, DoubtIsNotStored) {
    UploadState unsure{.offset = 5, .is_unsure = true};
    EXPECT_EQ(decode_upload(encode(unsure)), (UploadState{.offset = 5}))
        << "whoever begins an attempt asks anyway";
}

TEST(UploadCodec, IdentityComesBackAsItWas) {
    EXPECT_EQ(decode_identity(encode(kIdentity)), kIdentity);
    EXPECT_EQ(decode_identity(encode(FileIdentity{})), FileIdentity{});
}

TEST(UploadCodec, NothingIsANewUpload) {
    EXPECT_EQ(decode_upload(""), UploadState{});
    EXPECT_EQ(decode_identity(""), FileIdentity{});
}

TEST(UploadCodec, WrongTypesAndUnknownWordsAreLeftOut) {
    auto bytes = encode(Fields{{"protocol", std::string{"carrier-pigeon"}},
                               {"offset", std::string{"5"}},
                               {"etags", true},
                               {"may-be-there", std::uint64_t{1}},
                               {"of-a-later-version", true},
                               {"url", std::string{"http://h/u"}}});
    EXPECT_EQ(decode_upload(bytes), UploadState{.url = "http://h/u"});
    EXPECT_EQ(decode_identity(encode(Fields{{"inode", true}, {"size", std::uint64_t{3}}})),
              FileIdentity{.size = 3});
}

TEST(UploadCodec, CutBytesKeepWhatIsBeforeTheCut) {
    auto state = full_state();
    auto bytes = encode(state);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        auto cut = decode_upload(std::string_view{bytes}.substr(0, size));
        EXPECT_TRUE(cut.protocol == state.protocol || cut == UploadState{}) << size;
        EXPECT_TRUE(cut.url == state.url || cut.url.empty()) << size;
        EXPECT_TRUE(cut.offset == state.offset || cut.offset == 0) << size;
        EXPECT_TRUE(cut.etags == state.etags || cut.etags.empty()) << size;
    }
}

RC_GTEST_PROP(UploadCodec, DamagedBytesDoNoHarm, (std::size_t place, char value)) {
    for (auto bytes : {encode(full_state()), encode(kIdentity)}) {
        bytes[place % bytes.size()] = value;
        [[maybe_unused]] auto state = decode_upload(bytes);
        [[maybe_unused]] auto identity = decode_identity(bytes);
    }
}

}  // namespace
}  // namespace haul::journal

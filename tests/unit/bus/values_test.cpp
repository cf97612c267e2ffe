#include "bus/values.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/temp_dir.hpp"

namespace haul::bus {
namespace {

class ValuesTest : public testing::Test {
protected:
    ValuesTest() { write_file(path_, "content"); }

    sdbus::Variant fd_of(const std::string& path, int flags = O_RDONLY) const {
        return sdbus::Variant{sdbus::UnixFd{::open(path.c_str(), flags | O_CLOEXEC), sdbus::adopt_fd}};
    }
    sdbus::Variant deleted_fd() const {
        write_file(dir_ / "deleted", "gone");
        auto fd = fd_of(dir_ / "deleted");
        ::unlink((dir_ / "deleted").c_str());
        return fd;
    }
    static void expect_refusal(const Dictionary& options, const std::string& word,
                               ErrorCode code = ErrorCode::InvalidArgument) {
        auto decoded = to_fields(options);
        ASSERT_FALSE(decoded) << word;
        EXPECT_EQ(decoded.error().code, code) << decoded.error().message;
        EXPECT_NE(decoded.error().message.find(word), std::string::npos) << decoded.error().message;
    }

    TempDir dir_;
    std::string path_ = dir_ / "file";
};

sdbus::Variant form_of(std::vector<Dictionary> parts) {
    return sdbus::Variant{parts};
}

TEST_F(ValuesTest, DescriptorOfAReachableFileIsItsPath) {
    auto decoded = to_fields({{"file-fd", fd_of(path_)}});
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->fields, (Fields{{"file", path_}}));
    EXPECT_TRUE(decoded->descriptors.empty());
}

TEST_F(ValuesTest, OtherDescriptorsTravel) {
    for (const auto& fd : {deleted_fd(), fd_of(path_, O_WRONLY), fd_of(dir_.path()), fd_of("/dev/null")}) {
        auto decoded = to_fields({{"file-fd", fd}, {"token", sdbus::Variant{std::string{"x"}}}});
        ASSERT_TRUE(decoded) << decoded.error().message;
        EXPECT_EQ(decoded->fields, (Fields{{"file-fd", std::uint32_t{0}}, {"token", std::string{"x"}}}));
        ASSERT_EQ(decoded->descriptors.size(), 1U);
        EXPECT_NE(decoded->descriptors[0].get(), fd.get<sdbus::UnixFd>().get());
        EXPECT_EQ(::fcntl(decoded->descriptors[0].get(), F_GETFD), FD_CLOEXEC);
    }
}

TEST_F(ValuesTest, AllTravelWhereTheirOwnerIsAnother) {
    auto decoded = to_fields({{"file-fd", fd_of(path_)}, {"form", form_of({{{"file-fd", fd_of(path_)}}})}},
                             FileFds::Travel);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->descriptors.size(), 2U);
    EXPECT_EQ(decoded->fields,
              (Fields{{"file-fd", std::uint32_t{0}}, {"form", FormParts{{{"file-fd", "1"}}}}}));
}

TEST_F(ValuesTest, PartsOfAFormHaveStringsAndDescriptors) {
    auto decoded = to_fields({{"form", form_of({{{"name", sdbus::Variant{std::string{"a"}}},
                                                 {"value", sdbus::Variant{std::string{"1"}}}},
                                                {{"file-fd", fd_of(path_)}},
                                                {{"file-fd", deleted_fd()}}})}});
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->fields,
              (Fields{{"form",
                       FormParts{{{"name", "a"}, {"value", "1"}}, {{"file", path_}}, {{"file-fd", "0"}}}}}));
    ASSERT_EQ(decoded->descriptors.size(), 1U);
}

TEST_F(ValuesTest, PlacesOfDescriptorsAreNotTheClientsToSay) {
    expect_refusal({{"file-fd", sdbus::Variant{std::uint32_t{0}}}}, "descriptor (h)");
    expect_refusal({{"form", form_of({{{"file-fd", sdbus::Variant{std::string{"0"}}}}})}}, "descriptor (h)");
}

TEST_F(ValuesTest, WrongTypesAreRefusedByKeyAndPart) {
    auto text = sdbus::Variant{std::string{"/x"}};
    expect_refusal({{"file", text}, {"file-fd", fd_of(path_)}}, "leave one out");
    expect_refusal({{"form", form_of({{}, {{"file", text}, {"file-fd", fd_of(path_)}}})}},
                   "part 2: \"file-fd\"");
    expect_refusal({{"form", text}}, "aa{sv}");
    expect_refusal({{"form", form_of({{{"value", sdbus::Variant{true}}}})}},
                   "part 1: \"value\" has the type b");
    expect_refusal({{"other-fd", fd_of(path_)}}, "other-fd", ErrorCode::NotSupported);
}

TEST_F(ValuesTest, DescriptorOfADirectoryIsADestination) {
    auto decoded = to_fields({{"destination-fd", fd_of(dir_.path())}});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->fields, (Fields{{"destination", dir_.path() + "/"}}));
    expect_refusal({{"destination-fd", fd_of(path_)}}, "no descriptor of a directory");
}

TEST_F(ValuesTest, FormGoesBackAsItCame) {
    auto dictionary = to_dictionary({{"form", FormParts{{{"name", "a"}, {"value", "1"}}, {}}}});
    EXPECT_EQ(dictionary.at("form").peekValueType(), "aa{sv}");
    EXPECT_EQ(to_fields(dictionary)->fields,
              (Fields{{"form", FormParts{{{"name", "a"}, {"value", "1"}}, {}}}}));
}

}  // namespace
}  // namespace haul::bus

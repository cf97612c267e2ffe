#include "model/form.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace haul::model {
namespace {

Result<Form> make(const FormParts& parts) {
    std::vector<UniqueFd> none;
    return make_form(parts, none, "B");
}

TEST(Form, ValuesAreOnePieceOfText) {
    auto form = make({{{"name", "a"}, {"value", "1"}}, {{"name", "b"}, {"value", "two\r\nlines \"\n"}}});
    ASSERT_TRUE(form) << form.error().message;
    EXPECT_EQ(form->content_type, "multipart/form-data; boundary=B");
    ASSERT_EQ(form->pieces.size(), 1U);
    EXPECT_FALSE(form->pieces[0].is_file());
    EXPECT_EQ(form->pieces[0].text,
              "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
              "--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\ntwo\r\nlines \"\n\r\n"
              "--B--\r\n");
}

TEST(Form, FilesStandBetweenTheTexts) {
    auto form = make({{{"name", "a"}, {"file", "/tmp/photo.jpg"}, {"content-type", "image/jpeg"}},
                      {{"name", "b"}, {"file", "/x/y"}, {"filename", "given"}}});
    ASSERT_TRUE(form) << form.error().message;
    ASSERT_EQ(form->pieces.size(), 5U);
    EXPECT_EQ(form->pieces[0].text,
              "--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"photo.jpg\"\r\n"
              "Content-Type: image/jpeg\r\n\r\n");
    EXPECT_EQ(form->pieces[1].path, "/tmp/photo.jpg");
    EXPECT_EQ(form->pieces[2].text,
              "\r\n--B\r\nContent-Disposition: form-data; name=\"b\"; filename=\"given\"\r\n"
              "Content-Type: application/octet-stream\r\n\r\n");
    EXPECT_EQ(form->pieces[3].path, "/x/y");
    EXPECT_EQ(form->pieces[4].text, "\r\n--B--\r\n");
}

TEST(Form, NamesAreEscapedAsBrowsersDo) {
    auto form = make({{{"name", "a\"\r\nb\\ü%"}, {"file", "/tmp/\"x\"\n"}}});
    ASSERT_TRUE(form);
    EXPECT_NE(form->pieces[0].text.find("name=\"a%22%0D%0Ab\\ü%\"; filename=\"%22x%22%0A\"\r\n"),
              std::string::npos)
        << form->pieces[0].text;
}

TEST(Form, DescriptorsAreMovedIn) {
    std::vector<UniqueFd> descriptors;
    descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    int number = descriptors[0].get();
    auto form = make_form({{{"name", "a"}, {"file-fd", "0"}}}, descriptors, "B");
    ASSERT_TRUE(form) << form.error().message;
    EXPECT_EQ(form->pieces.at(1).fd.get(), number);
    EXPECT_TRUE(form->pieces[1].is_file());
    EXPECT_NE(form->pieces[0].text.find("filename=\"file\""), std::string::npos)
        << "a part without a file name would be no file to its server";
    for (const auto* place : {"0", "1", "x", "-1", ""})
        EXPECT_FALSE(make_form({{{"name", "a"}, {"file-fd", place}}}, descriptors, "B")) << place;
}

struct Wrong {
    std::map<std::string, std::string> part;
    std::string word;
};

TEST(Form, WrongPartsAreRefusedByNumberAndKey) {
    for (const auto& [part, word] :
         {Wrong{{{"value", "x"}}, "\"name\""}, Wrong{{{"name", ""}, {"value", "x"}}, "\"name\""},
          Wrong{{{"name", "a"}}, "neither"},
          Wrong{{{"name", "a"}, {"value", ""}, {"file", "/x"}}, "more than one"},
          Wrong{{{"name", "a"}, {"file", "/x"}, {"file-fd", "0"}}, "more than one"},
          Wrong{{{"name", "a"}, {"value", "x"}, {"encoding", "y"}}, "\"encoding\""},
          Wrong{{{"name", "a"}, {"value", "x"}, {"filename", "y"}}, "\"filename\""},
          Wrong{{{"name", "a"}, {"value", "x"}, {"content-type", "y"}}, "\"content-type\""},
          Wrong{{{"name", "a"}, {"file", "/x"}, {"content-type", "a/b\r\nX: y"}}, "control characters"},
          Wrong{{{"name", "a"}, {"file", "/x"}, {"content-type", ""}}, "empty"},
          Wrong{{{"name", "a"}, {"file", "x"}}, "absolute"}}) {
        auto form = make({{{"name", "good"}, {"value", "x"}}, part});
        ASSERT_FALSE(form) << word;
        EXPECT_EQ(form.error().code, ErrorCode::InvalidArgument);
        EXPECT_NE(form.error().message.find("part 2 "), std::string::npos) << form.error().message;
        EXPECT_NE(form.error().message.find(word), std::string::npos) << form.error().message;
    }
    EXPECT_EQ(make({}).error().code, ErrorCode::InvalidArgument);
}

TEST(Form, SizeIsBounded) {
    FormParts parts(kMaxFormParts, {{"name", "a"}, {"value", "b"}});
    EXPECT_TRUE(make(parts));
    parts.push_back(parts.back());
    EXPECT_EQ(make(parts).error().code, ErrorCode::LimitExceeded);

    auto room = kMaxFormText - make({{{"name", "a"}, {"value", ""}}})->pieces[0].text.size();
    EXPECT_TRUE(make({{{"name", "a"}, {"value", std::string(room, 'x')}}}));
    auto refused = make({{{"name", "a"}, {"value", std::string(room + 1, 'x')}}});
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
    EXPECT_LT(refused.error().message.size(), 200U);
    FormParts files(3, {{"name", std::string(400'000, 'x')}, {"file", "/x"}});
    EXPECT_EQ(make(files).error().code, ErrorCode::LimitExceeded) << "the texts count together";
}

TEST(Form, BoundaryIsTextOfAllBytes) {
    EXPECT_EQ(to_boundary(std::string("\0\x7f\xff", 3)), "haul-007fff");
}

}  // namespace
}  // namespace haul::model

#include "model/credential.hpp"

#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace haul::model {
namespace {

TEST(Credential, WordsNameASchemeAndForWhomItIs) {
    const std::tuple<const char*, AuthScheme, bool> words[]{{"", AuthScheme::Any, false},
                                                            {"basic", AuthScheme::Basic, false},
                                                            {"digest", AuthScheme::Digest, false},
                                                            {"bearer", AuthScheme::Bearer, false},
                                                            {"proxy-basic", AuthScheme::Basic, true},
                                                            {"proxy-digest", AuthScheme::Digest, true}};
    for (const auto& [word, scheme, is_for_proxy] : words) {
        auto target = parse_credential_target(word);
        ASSERT_TRUE(target) << word;
        EXPECT_EQ(target->scheme, scheme) << word;
        EXPECT_EQ(target->is_for_proxy, is_for_proxy) << word;
        if (!is_for_proxy) {
            EXPECT_EQ(to_word(scheme), word);
        }
    }
}

TEST(Credential, OtherWordsAreRefused) {
    for (const char* word : {"Basic", "basic ", "ntlm", "negotiate", "proxy-bearer", "proxy", "bas\nic"}) {
        auto target = parse_credential_target(word);
        ASSERT_FALSE(target) << word;
        EXPECT_EQ(target.error().code, ErrorCode::InvalidArgument);
        EXPECT_EQ(target.error().message.find('\n'), std::string::npos);
    }
}

TEST(Credential, ReasonableOnesPass) {
    for (const Credential& credential :
         {Credential{AuthScheme::Any, "user", "word"}, Credential{AuthScheme::Basic, "user", ""},
          Credential{AuthScheme::Basic, "", "word"}, Credential{AuthScheme::Digest, "us:er", "wo:rd"},
          Credential{AuthScheme::Basic, "größe", "wo:rd"}, Credential{AuthScheme::Bearer, "", "to.ken"},
          Credential{AuthScheme::Basic, std::string(kMaxCredential, 'u'), std::string(kMaxCredential, 's')}})
        EXPECT_TRUE(check_credential(credential)) << credential.user;
}

TEST(Credential, OthersAreRefusedWithoutTheirSecret) {
    for (const Credential& credential :
         {Credential{}, Credential{AuthScheme::Bearer, "sEcReT", ""},
          Credential{AuthScheme::Any, "us:er", "sEcReT"}, Credential{AuthScheme::Basic, "user", "sEcReT\n"},
          Credential{AuthScheme::Bearer, "", "sEcReT\r\nX: y"},
          Credential{AuthScheme::Basic, std::string("us\0er", 5), "sEcReT"},
          Credential{AuthScheme::Basic, "user", "sEcReT" + std::string(kMaxCredential, 's')},
          Credential{AuthScheme::Basic, std::string(kMaxCredential + 1, 'u'), "sEcReT"}}) {
        auto checked = check_credential(credential);
        ASSERT_FALSE(checked) << credential.user;
        EXPECT_EQ(checked.error().code, ErrorCode::InvalidArgument);
        EXPECT_EQ(checked.error().message.find("sEcReT"), std::string::npos) << checked.error().message;
    }
}

TEST(Credential, BestChallengeIsDigestsThenBasicsThenBearersThenTheFirst) {
    EXPECT_EQ(best_challenge({}), nullptr);
    std::vector<Challenge> challenges{{"negotiate", ""}, {"hoba", ""}};
    EXPECT_EQ(best_challenge(challenges)->scheme, "negotiate");
    for (const char* better : {"bearer", "basic", "digest"}) {
        challenges.push_back({better, "here"});
        EXPECT_EQ(best_challenge(challenges)->scheme, better);
    }
}

}  // namespace
}  // namespace haul::model

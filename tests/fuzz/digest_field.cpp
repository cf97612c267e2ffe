// Repr-Digest and Content-Digest; the text of a digest.

#include "model/digest_field.hpp"

#include "fuzz/target.hpp"

namespace haul::fuzz {

void try_input(std::string_view input) {
    if (auto digest = parse_digest(input)) {
        require(digest->bytes.size() == digest_size(digest->algorithm), "a digest has its algorithm's size");
        require(parse_digest(to_text(*digest)) == digest, "a digest's text gives it again");
        require(to_text(*digest).size() == input.size(), "a digest has one length of text");
    }
    auto digest = model::parse_digest_field(input);
    if (!digest) return;
    require(digest->bytes.size() == digest_size(digest->algorithm), "a digest has its algorithm's size");
    std::string field{input};
    require(model::parse_digest_field(field + ", other=:AAAA:;a=(\"") == std::nullopt,
            "a malformed member spoils all");
    require(model::parse_digest_field(field + ", other=(:AAAA: 1.5);a=\"b\"") == digest,
            "others are passed over");
    constexpr std::string_view kZeroes =
        ", "
        "sha-512=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==:";
    require(model::parse_digest_field(field + std::string{kZeroes}) ==
                (Digest{DigestAlgorithm::Sha512, std::string(64, '\0')}),
            "sha-512 is the strongest, and the last member of a name counts");
}

}  // namespace haul::fuzz

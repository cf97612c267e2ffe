// Resume data, as a client hands them in.

#include "control/resume_data.hpp"

#include "base/digest.hpp"
#include "fuzz/target.hpp"
#include "model/limits.hpp"

namespace haul::fuzz {
namespace {

constexpr std::string_view kKey = "the key of the replayed journals";

}  // namespace

void try_input(std::string_view input) {
    require(!control::unseal(input, kKey), "nobody forges a seal");

    // What is inside can be damaged only by who has the key; it must do no harm even so.
    Choices choices{input};
    auto flipped = choices.number();
    auto text = "HAULRD\1" + std::string{choices.rest()};
    auto bytes = text + hmac_sha256(kKey, text);
    auto data = control::unseal(bytes, kKey);
    if (!data) return;
    require(bytes.size() <= model::kMaxResumeData, "resume data have their bound");
    auto sealed = control::seal(*data, kKey);
    require(sealed.size() > model::kMaxResumeData || control::unseal(sealed, kKey) == data,
            "what is sealed is unsealed");
    auto& byte = bytes[flipped / 8 % bytes.size()];
    byte = static_cast<char>(byte ^ (1 << flipped % 8));
    require(!control::unseal(bytes, kKey), "a bit that is flipped breaks the seal");
}

}  // namespace haul::fuzz

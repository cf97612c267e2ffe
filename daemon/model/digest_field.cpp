#include "model/digest_field.hpp"

#include <array>
#include <utility>

#include "model/structured_field.hpp"

namespace haul::model {
namespace {

constexpr std::array kStrongestFirst{std::pair{"sha-512", DigestAlgorithm::Sha512},
                                     std::pair{"sha-256", DigestAlgorithm::Sha256}};

}  // namespace

std::optional<Digest> parse_digest_field(std::string_view value) {
    auto members = parse_byte_sequences(value);
    if (!members) return std::nullopt;
    std::optional<Digest> strongest;
    for (const auto& [name, algorithm] : kStrongestFirst) {
        auto member = members->find(name);
        if (member == members->end()) continue;
        const auto& bytes = member->second;
        if (!bytes || bytes->size() != digest_size(algorithm)) return std::nullopt;
        if (!strongest) strongest = Digest{algorithm, *bytes};
    }
    return strongest;
}

}  // namespace haul::model

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace haul {

/// The hash functions that Haul computes (FIPS 180-4). Of two, the later one is the stronger; SHA-1 is for
/// servers that know nothing else, and no promise of a file's bytes.
enum class DigestAlgorithm : std::uint8_t { Sha1, Sha256, Sha512 };

/// Bytes of a digest of this algorithm.
constexpr std::size_t digest_size(DigestAlgorithm algorithm) {
    if (algorithm == DigestAlgorithm::Sha1) return 20;
    return algorithm == DigestAlgorithm::Sha256 ? 32 : 64;
}

/// A hash value with the function that made it.
struct Digest {
    DigestAlgorithm algorithm{};
    std::string bytes;  ///< digest_size(algorithm) of them
    friend bool operator==(const Digest&, const Digest&) = default;
};

/// "sha-256=HEX" or "sha-512=HEX", all lower case; the names are those of RFC 9530's registry.
std::string to_text(const Digest& digest);

/// The digest of such a text, in any case. No value where it is anything else, or has not the exact number of
/// hexadecimal digits.
std::optional<Digest> parse_digest(std::string_view text);

/// Computes a digest piece by piece. For one thread at a time. Ends the process where libcrypto has no memory
/// left, as every allocation does.
class Hasher {
public:
    explicit Hasher(DigestAlgorithm algorithm);
    Hasher(Hasher&& other) noexcept = default;
    Hasher& operator=(Hasher&& other) noexcept = default;
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    ~Hasher() = default;

    void update(std::string_view bytes);
    /// The digest of all bytes so far; the next update begins another one.
    Digest finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };

    DigestAlgorithm algorithm_;
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// The 32 bytes of HMAC-SHA-256 (RFC 2104, RFC 6234).
std::string hmac_sha256(std::string_view key, std::string_view text);

/// Compares secrets: the time depends on the sizes alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Bytes that nobody can guess, fit for keys.
std::string random_bytes(std::size_t size);

}  // namespace haul

#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "base/hex.hpp"

namespace haul {
namespace {

/// Those that may promise a file's bytes.
constexpr std::array kAlgorithms{DigestAlgorithm::Sha256, DigestAlgorithm::Sha512};

std::string_view to_word(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::Sha1:
            return "sha-1";
        case DigestAlgorithm::Sha256:
            return "sha-256";
        case DigestAlgorithm::Sha512:
            return "sha-512";
    }
    std::abort();
}

const EVP_MD* to_evp(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::Sha1:
            return EVP_sha1();
        case DigestAlgorithm::Sha256:
            return EVP_sha256();
        case DigestAlgorithm::Sha512:
            return EVP_sha512();
    }
    std::abort();
}

/// libcrypto's calls with algorithms of its own fail only where memory or the random source is missing.
void must(int success) {
    if (success != 1) std::abort();
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::optional<std::string> parse_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return bytes;
}

/// Whether a text begins with a lower case word, in any case.
bool begins_with(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c != word[i]) return false;
    }
    return true;
}

}  // namespace

std::string to_text(const Digest& digest) {
    return std::string{to_word(digest.algorithm)} + "=" + to_hex(digest.bytes);
}

std::optional<Digest> parse_digest(std::string_view text) {
    for (auto algorithm : kAlgorithms) {
        auto name = to_word(algorithm);
        if (!begins_with(text, name)) continue;
        auto value = text.substr(name.size());
        if (value.size() != 1 + 2 * digest_size(algorithm) || value.front() != '=') return std::nullopt;
        auto bytes = parse_hex(value.substr(1));
        if (!bytes) return std::nullopt;
        return Digest{algorithm, std::move(*bytes)};
    }
    return std::nullopt;
}

Hasher::Hasher(DigestAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
    must(context_ ? 1 : 0);
    must(EVP_DigestInit_ex(context_.get(), to_evp(algorithm_), nullptr));
}

void Hasher::Free::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

void Hasher::update(std::string_view bytes) {
    must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Digest Hasher::finish() {
    Digest digest{algorithm_, std::string(digest_size(algorithm_), '\0')};
    must(EVP_DigestFinal_ex(context_.get(), bytes_of(digest.bytes), nullptr));
    must(EVP_DigestInit_ex(context_.get(), nullptr, nullptr));
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    // An empty key may come without an address, which HMAC() would take for "the key of the last call".
    const char* key_bytes = key.empty() ? "" : key.data();
    std::string code(digest_size(DigestAlgorithm::Sha256), '\0');
    auto* written =
        HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes_of(code), nullptr);
    must(written == nullptr ? 0 : 1);
    return code;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    must(RAND_bytes(bytes_of(bytes), static_cast<int>(size)));
    return bytes;
}

}  // namespace haul

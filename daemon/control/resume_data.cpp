#include "control/resume_data.hpp"

#include "base/digest.hpp"
#include "journal/fields_codec.hpp"
#include "model/limits.hpp"

namespace haul::control {
namespace {

constexpr std::string_view kMagic = "HAULRD\1";  // the last byte is the version
constexpr auto kCode = digest_size(DigestAlgorithm::Sha256);

template <class T>
const T* get(const Fields& fields, std::string_view key) {
    const auto* value = find(fields, key);
    return value ? std::get_if<T>(value) : nullptr;
}

}  // namespace

std::string seal(const ResumeData& data, std::string_view key) {
    auto bytes = std::string{kMagic} + journal::encode({{"instance", data.instance},
                                                        {"owner", data.owner.value},
                                                        {"task", data.task.value},
                                                        {"url", data.url},
                                                        {"nonce", data.nonce}});
    return bytes + hmac_sha256(key, bytes);
}

std::optional<ResumeData> unseal(std::string_view bytes, std::string_view key) {
    if (bytes.size() > model::kMaxResumeData || bytes.size() < kMagic.size() + kCode) return std::nullopt;
    auto sealed = bytes.substr(0, bytes.size() - kCode);
    if (!sealed.starts_with(kMagic)) return std::nullopt;
    if (!equal_in_constant_time(bytes.substr(sealed.size()), hmac_sha256(key, sealed))) return std::nullopt;

    auto fields = journal::decode(sealed.substr(kMagic.size()));
    const auto* instance = get<std::string>(fields, "instance");
    const auto* owner = get<std::uint32_t>(fields, "owner");
    const auto* task = get<std::uint64_t>(fields, "task");
    const auto* url = get<std::string>(fields, "url");
    const auto* nonce = get<std::uint64_t>(fields, "nonce");
    if (!instance || !owner || !task || !url || !nonce) return std::nullopt;
    return ResumeData{*instance, OwnerId{*owner}, TaskId{*task}, *url, *nonce};
}

}  // namespace haul::control

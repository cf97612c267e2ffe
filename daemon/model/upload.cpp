#include "model/upload.hpp"

#include <array>
#include <cstdlib>

#include "model/credential.hpp"
#include "model/response.hpp"
#include "model/upload_protocols.hpp"
#include "model/upload_steps.hpp"

namespace haul::model {

std::string_view UploadAnswer::field(std::string_view name) const {
    const std::string* value = nullptr;
    for (const auto& field : fields) {
        if (!same_name(field.name, name)) continue;
        if (value && *value != field.value) return {};
        value = &field.value;
    }
    return value ? std::string_view{*value} : std::string_view{};
}

bool UploadStrategy::on_interim(const UploadPlan&, const UploadAsk&, const UploadAnswer&,
                                UploadState&) const {
    return false;
}

std::optional<UploadAsk> UploadStrategy::farewell(const UploadPlan&, const UploadState&) const {
    return std::nullopt;
}

const UploadStrategy& strategy_of(UploadProtocol protocol) {
    switch (protocol) {
        case UploadProtocol::Off:
            return plain_upload();
        case UploadProtocol::Auto:
            return offering_upload();
        case UploadProtocol::Ietf:
            return ietf_upload();
        case UploadProtocol::Tus:
            return tus_upload();
        case UploadProtocol::ContentRange:
            return content_range_upload();
        case UploadProtocol::S3:
            return s3_upload();
    }
    std::abort();
}

UploadVerdict judge_status(const UploadAnswer& answer) {
    auto status = answer.status;
    auto text = status_text(answer);
    if (status == kUnauthorized || status == kProxyAuthenticationRequired)
        return {
            .kind = UploadVerdict::Kind::Credentials, .reason = Reason::Credentials, .text = std::move(text)};
    if (is_retried(status))
        return {.kind = UploadVerdict::Kind::Retry, .reason = Reason::HttpStatus, .text = std::move(text)};
    return fail_upload(Reason::HttpStatus, std::move(text));
}

UploadVerdict fail_upload(Reason reason, std::string text) {
    return {.kind = UploadVerdict::Kind::Failed, .reason = reason, .text = std::move(text)};
}

}  // namespace haul::model

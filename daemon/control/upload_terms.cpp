#include "control/upload_terms.hpp"

#include <algorithm>

namespace haul::control {
namespace {

using model::UploadProtocol;

UploadProtocol protocol_of(const model::Options& options) {
    return options.resumable.value_or(UploadProtocol::Auto);
}

tl::unexpected<Error> refuse(const std::string& why) {
    return fail(ErrorCode::InvalidArgument, why);
}

/// Protocols whose first request is a POST of their own.
bool is_posted(UploadProtocol protocol) {
    return protocol == UploadProtocol::Tus || protocol == UploadProtocol::ContentRange ||
           protocol == UploadProtocol::S3;
}

}  // namespace

Result<> check_upload(const model::Options& options) {
    auto protocol = protocol_of(options);
    auto word = std::string{model::to_word(protocol)};
    if (is_posted(protocol) && options.method && *options.method != "POST")
        return refuse("option \"method\" can't be " + *options.method + " with resumable \"" + word +
                      "\", which makes requests of its own: leave it out");
    bool is_s3 = protocol == UploadProtocol::S3;
    if (is_s3 != options.part_urls.has_value() || is_s3 != options.part_size.has_value())
        return refuse(is_s3 ? "resumable \"s3\" needs the options \"part-urls\" and \"part-size\""
                            : "options \"part-urls\" and \"part-size\" go with resumable \"s3\" alone");
    if (options.abort_url && !is_s3) return refuse("option \"abort-url\" goes with resumable \"s3\" alone");
    if (options.upload_metadata && protocol != UploadProtocol::Tus)
        return refuse("option \"upload-metadata\" goes with resumable \"tus\" alone");
    if (options.connections.value_or(1) != 1 && !is_s3)
        return refuse("option \"connections\" must be 1 for an upload, but with resumable \"s3\"");
    return {};
}

Result<> check_source(const model::Options& options) {
    bool has_file = options.file && !options.file->empty();
    auto given = int{has_file} + int{options.file_fd.has_value()} + int{options.form.has_value()};
    if (given == 1) return {};
    if (given > 1)
        return refuse(
            "the file and the options \"file-fd\" and \"form\" say the same: leave all but one out");
    return refuse(
        "an upload needs a file, since a body in memory would be lost with its program: write it to a file, "
        "and "
        "set snapshot to copy if that is to go at once, or use the option form");
}

void fill_upload(const model::Options& options, const std::optional<model::SourceFile>& source,
                 model::Task& task) {
    task.kind = model::TaskKind::Upload;
    task.upload.protocol = protocol_of(options);
    if (!source) return;
    task.source_file = *source;
    if (source->is_found()) task.total = source->identity.size;
}

Result<> check_parts(const model::Options& options, const model::SourceFile& source) {
    if (!options.part_urls || !source.is_found()) return {};
    auto size = source.identity.size;
    if (size == 0) return refuse("resumable \"s3\" can't send a file without bytes: use off");
    auto wanted = size / *options.part_size + (size % *options.part_size != 0 ? 1 : 0);
    if (options.part_urls->urls.size() == wanted) return {};
    return refuse("a file of " + std::to_string(size) + " bytes has " + std::to_string(wanted) +
                  " parts of part-size, and part-urls has " + std::to_string(options.part_urls->urls.size()) +
                  " URLs");
}

std::string upload_method(const model::Options& options) {
    if (is_posted(protocol_of(options))) return "POST";
    return options.method.value_or("PUT");
}

bool may_repeat(const model::Options& options, const model::Headers& headers) {
    bool has_key = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
        return model::same_name(header.name, "idempotency-key");
    });
    // Parts are put, and a multipart upload can be completed only once.
    bool is_idempotent = upload_method(options) == "PUT" || protocol_of(options) == UploadProtocol::S3;
    return is_idempotent || has_key || options.retry_non_idempotent.value_or(false);
}

model::UploadPlan upload_plan(const model::Task& task, const model::Options& options,
                              const model::Headers& headers) {
    model::UploadPlan plan{.url = task.url,
                           .method = upload_method(options),
                           .size = task.source_file.identity.size,
                           .content_type = options.content_type.value_or("")};
    const auto& path = options.file ? *options.file : task.source_file.path;
    if (!task.source_file.is_spooled || options.file) plan.filename = path.substr(path.rfind('/') + 1);
    if (options.upload_metadata) plan.metadata = *options.upload_metadata;
    plan.interop = options.interop.value_or(plan.interop);
    if (options.part_urls) plan.parts = options.part_urls->urls;
    plan.part_size = options.part_size.value_or(0);
    plan.abort_url = options.abort_url.value_or("");
    plan.may_repeat = may_repeat(options, headers);
    return plan;
}

}  // namespace haul::control

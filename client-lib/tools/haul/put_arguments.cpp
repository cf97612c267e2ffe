#include "put_arguments.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <utility>

#include "arguments.hpp"
#include "upload_values.hpp"

namespace haul::cli {

namespace {

void add_request_options(CLI::App& app, PutArguments& arguments) {
    auto& options = arguments.options;
    limit(add_value(app, {"-X,--method", "METHOD", "The request's method (PUT; POST with a form)"},
                    options.method),
          std::vector<std::string>{"PUT", "POST", "PATCH"});
    add_list(app, {"-F,--form", "NAME=VALUE|NAME=@FILE", "A part of a form to send in place of a file"},
             arguments.form);
    add_value(app, {"--content-type", "TYPE", "What the file is, such as image/png"}, options.content_type);
    add_choice<Snapshot>(
        app, "--snapshot", options.snapshot,
        {{"auto", Snapshot::Auto}, {"copy", Snapshot::Copy}, {"never", Snapshot::Never}},
        "Whether the service sends a copy that nobody changes (auto: where that costs nothing)");
    add_value(app, {"-o,--reply", "FILE", "Where the body of the server's answer goes, - for output"},
              arguments.reply);
}

void add_resumption_options(CLI::App& app, PutArguments& arguments) {
    auto& options = arguments.options;
    add_choice<Resumable>(app, "--resumable", options.resumable,
                          {{"auto", Resumable::Auto},
                           {"ietf", Resumable::Ietf},
                           {"tus", Resumable::Tus},
                           {"content-range", Resumable::ContentRange},
                           {"s3", Resumable::S3},
                           {"off", Resumable::Off}},
                          "How it goes on after an interruption (auto)");
    limit(add_value(app, {"--interop", "N", "The version of the IETF's draft (8)"}, options.interop),
          std::vector{3, 4, 5, 6, 8});
    add_list(app, {"--metadata", "KEY=VALUE", "tus: something to tell the server about the file"},
             arguments.metadata);
    add_value(
        app,
        {"--part-urls", "FILE", "s3: a file with the URL of each part, one a line; - for standard input"},
        arguments.part_urls);
    add_bytes(app, "--part-size", options.part_size, "s3: of each part but the last");
    add_text(app,
             {"--abort-url", "URL", "s3: the URL that takes the upload back; @FILE reads it from a file"},
             [&options](const std::string& text) { options.abort_url = value_or_file("--abort-url", text); });
    add_switch(app, "--retry-non-idempotent", options.retry_non_idempotent,
               "Send a POST or PATCH again though the server may have acted on it");
}

std::vector<std::string> read_urls(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path);
        if (!file) throw UsageError("--part-urls", "cannot read " + path + ": " + std::strerror(errno));
    }
    auto urls = parse_lines(path == "-" ? std::cin : file);
    if (urls.empty()) throw UsageError("--part-urls", path + " holds no URL");
    return urls;
}

/// What to do with what is not a file.
constexpr const char* kNoFile =
    "standard input is gone when an upload goes on without this program; write it to a file first, and send "
    "that (with --snapshot=copy the file may be removed at once)";

/// A text may hold a secret: it is not repeated.
std::map<std::string, std::string> to_metadata(const std::vector<std::string>& texts) {
    std::map<std::string, std::string> metadata;
    for (const auto& text : texts) {
        auto pair = parse_pair(text);
        if (!pair) throw UsageError("--metadata", "expected KEY=VALUE");
        metadata.insert_or_assign(std::move(pair->first), std::move(pair->second));
    }
    return metadata;
}

std::vector<FormPart> to_form(const std::vector<std::string>& texts, const std::filesystem::path& here) {
    std::vector<FormPart> form;
    for (const auto& text : texts) {
        if (text.ends_with("=@-")) throw UsageError("--form", kNoFile);
        auto part = parse_form_part(text, here);
        if (!part) throw UsageError("--form", "expected NAME=VALUE or NAME=@FILE");
        form.push_back(std::move(*part));
    }
    return form;
}

/// A file and a URL; a URL alone where a form is sent.
void check_words(const PutArguments& arguments) {
    const bool is_form = !arguments.form.empty();
    if (is_form && !arguments.url.empty())
        throw UsageError("FILE", "a form has its files in --form NAME=@FILE, and none beside it");
    if (arguments.file.empty() || (!is_form && arguments.url.empty()))
        throw UsageError("URL", is_form ? "where to send the form is missing"
                                        : "what to send and where to are FILE and URL");
    if (arguments.file == "-") {
        throw UsageError("FILE", kNoFile);
    }
    if (arguments.reply && arguments.errand.detach)
        throw UsageError("--reply", "comes at the upload's end, which --detach does not wait for");
}

/// Whether a path, or one in the form, is not absolute.
Need need_for_uploads(const PutArguments& arguments) {
    const bool is_needed = !arguments.form.empty() || !std::filesystem::path(arguments.file).is_absolute();
    return is_needed ? Need::Some : Need::None;
}

}  // namespace

void add_put_options(CLI::App& command, PutArguments& arguments) {
    add_value(command, {"FILE", "", "The file to send; none with --form"}, arguments.file);
    add_value(command, {"URL", "", "Where to, http or https; @FILE reads it from a file"}, arguments.url);
    add_errand_options(command, arguments.errand);
    add_request_options(command, arguments);
    add_resumption_options(command, arguments);
    add_transfer_options(command, arguments.transfer);
}

UploadRequest to_upload(const PutArguments& arguments) {
    check_words(arguments);
    const auto here = current_directory(need_for_uploads(arguments), "FILE");
    auto options = arguments.options;
    fill_in(options, arguments.transfer, here);
    options.form = to_form(arguments.form, here);
    options.metadata = to_metadata(arguments.metadata);
    if (arguments.part_urls) options.part_urls = read_urls(*arguments.part_urls);
    const bool is_form = !options.form.empty();
    return {.url = value_or_file("URL", is_form ? arguments.file : arguments.url),
            .file = is_form ? std::filesystem::path() : absolute_source(arguments.file, here),
            .options = std::move(options)};
}

}  // namespace haul::cli

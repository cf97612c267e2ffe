#include "control/stored_options.hpp"

#include "journal/fields_codec.hpp"
#include "model/url.hpp"

namespace haul::control {

std::string store_options(const model::Options& options) {
    return journal::encode(model::to_fields(options));
}

model::Options load_options(const std::string& stored, model::OptionScope scope) {
    // They were checked when they came in; what a later version stored and this one does not know is left
    // out.
    model::Options options;
    for (const auto& field : journal::decode(stored))
        [[maybe_unused]] auto known = model::set_option(options, scope, field.key, field.value);
    return options;
}

model::Options without_columns(model::Options options) {
    options.headers.reset();
    options.destination.reset();
    options.priority.reset();
    options.token.reset();
    options.start.reset();
    options.not_before.reset();
    options.ask_before_start.reset();
    options.window.reset();
    options.filename.reset();
    options.resume_data.reset();
    options.file_fd.reset();
    options.form.reset();
    return options;
}

void take_secrets(model::Options& options, model::Secrets& secrets) {
    if (options.headers) secrets.headers = std::move(*options.headers);
    options.headers.reset();
    if (options.proxy) {
        auto shown = model::redact(*options.proxy);
        secrets.proxy = shown == *options.proxy ? std::nullopt : std::optional{*options.proxy};
        options.proxy = std::move(shown);
    }
    if (options.mirrors) {
        auto shown = *options.mirrors;
        for (auto& mirror : shown) mirror = model::redact(mirror);
        secrets.mirrors = shown == *options.mirrors ? std::nullopt : options.mirrors;
        options.mirrors = std::move(shown);
    }
    if (options.part_urls) {
        secrets.part_urls = options.part_urls->urls;
        options.part_urls.reset();
    }
    if (options.abort_url) {
        secrets.abort_url = *options.abort_url;
        options.abort_url.reset();
    }
}

model::Options with_secrets(model::Options options, const model::Secrets& secrets) {
    if (!secrets.headers.empty()) options.headers = secrets.headers;
    if (secrets.proxy) options.proxy = secrets.proxy;
    if (secrets.mirrors) options.mirrors = secrets.mirrors;
    if (secrets.part_urls) options.part_urls = model::UrlList{*secrets.part_urls};
    if (secrets.abort_url) options.abort_url = secrets.abort_url;
    return options;
}

std::uint32_t count_sources(const model::Options& options) {
    return 1 + static_cast<std::uint32_t>(options.mirrors ? options.mirrors->size() : 0);
}

std::string source_url(const model::Task& task, const model::Options& options) {
    bool is_mirror = task.source > 0 && options.mirrors && task.source <= options.mirrors->size();
    return is_mirror ? (*options.mirrors)[task.source - 1] : task.url;
}

void keep_from_strangers(const std::string& own, const std::string& asked, model::Options& options,
                         model::Secrets& secrets) {
    auto here = model::parse_url(model::to_http(own));
    auto there = model::parse_url(model::to_http(asked));
    bool is_own = here && there && here->origin() == there->origin();
    if (is_own || options.redirect_headers.value_or(false)) return;
    secrets.headers.clear();
    secrets.server = {};
    options.headers.reset();
    options.client_cert.reset();
    options.client_key.reset();
}

}  // namespace haul::control

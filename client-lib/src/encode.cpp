#include "encode.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "text.hpp"

namespace haul::detail {

namespace {

/// Gathers options, and keeps the first that cannot be sent.
class Encoder {
public:
    void put(const char* key, const std::optional<std::string>& text) {
        if (!text) return;
        if (!is_bus_text(*text)) return refuse(key, "it is not valid UTF-8 text");
        variants_[key] = sdbus::Variant(*text);
    }

    void put(const char* key, const std::optional<std::filesystem::path>& path) {
        if (path) put(key, std::optional(path->string()));
    }

    void put(const char* key, std::optional<std::chrono::microseconds> time) {
        if (!time) return;
        if (time->count() < 0) return refuse(key, "it is negative");
        variants_[key] = sdbus::Variant(static_cast<std::uint64_t>(time->count()));
    }

    template <typename Number>
    void put_number(const char* key, std::optional<Number> number) {
        if (number) variants_[key] = sdbus::Variant(*number);
    }

    void put(const char* key, const std::vector<std::string>& texts) {
        if (texts.empty()) return;
        for (const auto& text : texts) {
            if (!is_bus_text(text)) return refuse(key, "it is not valid UTF-8 text");
        }
        variants_[key] = sdbus::Variant(texts);
    }

    void put(const char* key, const std::vector<TaskId>& tasks) {
        if (tasks.empty()) return;
        std::vector<std::uint64_t> numbers;
        numbers.reserve(tasks.size());
        for (const auto& task : tasks) numbers.push_back(task.number);
        variants_[key] = sdbus::Variant(numbers);
    }

    void put(const char* key, const std::optional<std::vector<std::uint8_t>>& data) {
        if (data) variants_[key] = sdbus::Variant(*data);
    }

    void put_descriptor(const char* key, std::optional<int> descriptor) {
        if (!descriptor) return;
        if (*descriptor < 0) return refuse(key, "it is no open descriptor");
        variants_[key] = sdbus::Variant(sdbus::UnixFd(*descriptor));
    }

    void put(const char* key, const std::map<std::string, std::string>& texts) {
        if (texts.empty()) return;
        for (const auto& [name, value] : texts) {
            if (!is_bus_text(name) || !is_bus_text(value))
                return refuse(key, "an entry is not valid UTF-8 text");
        }
        variants_[key] = sdbus::Variant(texts);
    }

    void put(const char* key, const std::vector<Variants>& entries) {
        if (!entries.empty()) variants_[key] = sdbus::Variant(entries);
    }

    /// What could not be sent of a part of it.
    void refuse(const char* key, const Error& why) { refuse(key, why.message); }

    Result<Variants> take() {
        if (trouble_) return tl::unexpected(std::move(*trouble_));
        return std::move(variants_);
    }

private:
    void refuse(const char* key, std::string_view why) {
        if (trouble_) return;
        trouble_ = Error{.code = ErrorCode::InvalidArgument,
                         .message = "the option " + std::string(key) + " cannot be sent: " + std::string(why),
                         .name = {}};
    }

    Variants variants_;
    std::optional<Error> trouble_;
};

std::string to_word(Redirects redirects) {
    switch (redirects) {
        case Redirects::Follow:
            return "follow";
        case Redirects::SameOrigin:
            return "same-origin";
        case Redirects::Deny:
            return "deny";
    }
    return {};
}

std::string to_word(IfExists choice) {
    switch (choice) {
        case IfExists::Fail:
            return "fail";
        case IfExists::Replace:
            return "replace";
        case IfExists::Rename:
            return "rename";
    }
    return {};
}

std::string to_word(Wake wake) {
    switch (wake) {
        case Wake::WhenAllDone:
            return "when-all-done";
        case Wake::WhenNeeded:
            return "when-needed";
        case Wake::EachEvent:
            return "each-event";
        case Wake::Never:
            return "never";
    }
    return {};
}

std::string to_word(const Checksum& checksum) {
    switch (checksum.algorithm) {
        case DigestAlgorithm::Sha256:
            return "sha-256=" + checksum.hex;
        case DigestAlgorithm::Sha512:
            return "sha-512=" + checksum.hex;
    }
    return {};
}

std::string to_word(const ByteRange& range) {
    return std::to_string(range.first) + "-" + (range.last ? std::to_string(*range.last) : std::string());
}

std::string to_word(Resumable resumable) {
    switch (resumable) {
        case Resumable::Auto:
            return "auto";
        case Resumable::Ietf:
            return "ietf";
        case Resumable::Tus:
            return "tus";
        case Resumable::ContentRange:
            return "content-range";
        case Resumable::S3:
            return "s3";
        case Resumable::Off:
            return "off";
    }
    return {};
}

std::string to_word(MessageDelivery delivery) {
    switch (delivery) {
        case MessageDelivery::Durable:
            return "durable";
        case MessageDelivery::Live:
            return "live";
    }
    return {};
}

std::string to_word(Overflow overflow) {
    switch (overflow) {
        case Overflow::Wait:
            return "wait";
        case Overflow::DropOldest:
            return "drop-oldest";
    }
    return {};
}

std::string to_word(AfterFailure choice) {
    switch (choice) {
        case AfterFailure::Cancel:
            return "cancel";
        case AfterFailure::Continue:
            return "continue";
    }
    return {};
}

std::string to_word(Snapshot snapshot) {
    switch (snapshot) {
        case Snapshot::Auto:
            return "auto";
        case Snapshot::Copy:
            return "copy";
        case Snapshot::Never:
            return "never";
    }
    return {};
}

template <typename Choice>
std::optional<std::string> to_word(const std::optional<Choice>& choice) {
    if (!choice) return std::nullopt;
    return to_word(*choice);
}

std::optional<bool> to_bool(const std::optional<Start>& start) {
    if (!start) return std::nullopt;
    return *start == Start::AtOnce;
}

std::optional<std::chrono::microseconds> since_epoch(const std::optional<Time>& time) {
    if (!time) return std::nullopt;
    return time->time_since_epoch();
}

void put_transfer(Encoder& encoder, const TransferOptions& options) {
    encoder.put("description", options.description);
    encoder.put("headers", options.headers);
    encoder.put("request-timeout", options.request_timeout);
    encoder.put("resource-timeout", options.resource_timeout);
    encoder.put_number("priority", options.priority);
    encoder.put_number("allow-expensive", options.allow_expensive);
    encoder.put_number("allow-constrained", options.allow_constrained);
    encoder.put_number("allow-roaming", options.allow_roaming);
    encoder.put_number("discretionary", options.discretionary);
    encoder.put_number("keep-awake", options.keep_awake);
    encoder.put("accept-status", options.accept_status);
    encoder.put("redirects", to_word(options.redirects));
    encoder.put_number("max-redirects", options.max_redirects);
    encoder.put_number("redirect-headers", options.redirect_headers);
    encoder.put_number("allow-downgrade", options.allow_downgrade);
    encoder.put("retry-delay", options.retry_delay);
    encoder.put("retry-delay-max", options.retry_delay_max);
    encoder.put_number("retries", options.retries);
    encoder.put("proxy", options.proxy);
    encoder.put("no-proxy", options.no_proxy);
    encoder.put_number("max-rate", options.max_rate);
    encoder.put("ca-file", options.ca_file);
    encoder.put("client-cert", options.client_cert);
    encoder.put("client-key", options.client_key);
    encoder.put("public-key-pin", options.public_key_pin);
    encoder.put_number("cookies", options.cookies);
    encoder.put_number("compressed", options.compressed);
    encoder.put_number("remote-time", options.remote_time);
    encoder.put_number("preallocate", options.preallocate);
}

/// What any task may be told beside that.
template <typename Options>
void put_task(Encoder& encoder, const Options& options) {
    put_transfer(encoder, options.transfer);
    encoder.put("token", options.token);
    encoder.put_number("start", to_bool(options.start));
    encoder.put("not-before", since_epoch(options.not_before));
    encoder.put("window", options.window);
    encoder.put("after", options.after);
    encoder.put("after-failure", to_word(options.after_failure));
    encoder.put_number("ask-before-start", options.ask_before_start);
}

/// What a download and an upload may both be told.
template <typename Options>
void put_file_task(Encoder& encoder, const Options& options) {
    put_task(encoder, options);
    encoder.put_number("connections", options.connections);
    encoder.put("if-none-match", options.if_none_match);
}

Result<Variants> encode(const FormPart& part) {
    Encoder encoder;
    encoder.put("name", std::optional(part.name));
    encoder.put("value", part.value);
    encoder.put("file", part.file);
    encoder.put_descriptor("file-fd", part.file_descriptor);
    encoder.put("filename", part.filename);
    encoder.put("content-type", part.content_type);
    return encoder.take();
}

void put_form(Encoder& encoder, const std::vector<FormPart>& form) {
    std::vector<Variants> parts;
    parts.reserve(form.size());
    for (const auto& part : form) {
        auto variants = encode(part);
        if (!variants) return encoder.refuse("form", variants.error());
        parts.push_back(std::move(*variants));
    }
    encoder.put("form", parts);
}

void put_upload(Encoder& encoder, const UploadOptions& options) {
    put_file_task(encoder, options);
    encoder.put("method", options.method);
    encoder.put_descriptor("file-fd", options.file_descriptor);
    encoder.put("content-type", options.content_type);
    put_form(encoder, options.form);
    encoder.put("resumable", to_word(options.resumable));
    encoder.put_number("interop", options.interop);
    encoder.put("upload-metadata", options.metadata);
    encoder.put("part-urls", options.part_urls);
    encoder.put_number("part-size", options.part_size);
    encoder.put("abort-url", options.abort_url);
    encoder.put("snapshot", to_word(options.snapshot));
    encoder.put_number("retry-non-idempotent", options.retry_non_idempotent);
}

void put_web_socket(Encoder& encoder, const WebSocketOptions& options) {
    put_task(encoder, options);
    encoder.put("delivery", to_word(options.delivery));
    encoder.put_number("max-message", options.max_message);
    encoder.put("ping-interval", options.ping_interval);
    encoder.put("pong-timeout", options.pong_timeout);
    encoder.put_number("reconnect", options.reconnect);
    encoder.put("reconnect-max-delay", options.reconnect_max_delay);
    encoder.put("final-close-codes", options.final_close_codes);
    encoder.put("retried-status", options.retried_status);
    encoder.put_number("inbox-messages", options.inbox_messages);
    encoder.put_number("inbox-bytes", options.inbox_bytes);
    encoder.put("overflow", to_word(options.overflow));
}

}  // namespace

Result<Variants> encode(const SessionOptions& options) {
    Encoder encoder;
    put_transfer(encoder, options.transfer);
    encoder.put("wake", to_word(options.wake));
    encoder.put("bus-name", options.bus_name);
    encoder.put("unit", options.unit);
    return encoder.take();
}

Result<Variants> encode(const DownloadOptions& options) {
    Encoder encoder;
    put_file_task(encoder, options);
    encoder.put("destination", options.destination);
    encoder.put_descriptor("destination-fd", options.destination_descriptor);
    encoder.put("filename", options.filename);
    encoder.put("if-exists", to_word(options.if_exists));
    encoder.put_number("mode", options.mode);
    encoder.put_number("max-size", options.max_size);
    encoder.put_number("expected-size", options.expected_size);
    encoder.put("checksum", to_word(options.checksum));
    encoder.put("mirrors", options.mirrors);
    encoder.put("range", to_word(options.range));
    encoder.put("resume-data", options.resume_data);
    return encoder.take();
}

Result<Variants> encode(const UploadOptions& options) {
    Encoder encoder;
    put_upload(encoder, options);
    return encoder.take();
}

Result<Variants> encode(const UploadRequest& request) {
    Encoder encoder;
    put_upload(encoder, request.options);
    if (!request.file.empty()) encoder.put("file", std::optional(request.file));
    return encoder.take();
}

Result<Variants> encode(const WebSocketOptions& options) {
    Encoder encoder;
    put_web_socket(encoder, options);
    return encoder.take();
}

Result<Variants> encode(const WebSocketRequest& request) {
    Encoder encoder;
    put_web_socket(encoder, request.options);
    encoder.put("subprotocols", request.options.subprotocols);
    return encoder.take();
}

}  // namespace haul::detail

#include "model/form.hpp"

#include <algorithm>
#include <array>

#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr std::array<std::string_view, 6> kKeys{"name",    "value",    "file",
                                                "file-fd", "filename", "content-type"};

using Part = std::map<std::string, std::string>;

const std::string* find(const Part& part, std::string_view key) {
    auto found = part.find(std::string{key});
    return found == part.end() ? nullptr : &found->second;
}

/// A name between quotes.
std::string escape_quoted(std::string_view text) {
    std::string escaped;
    for (char c : text) {
        if (c == '"')
            escaped += "%22";
        else if (c == '\r')
            escaped += "%0D";
        else if (c == '\n')
            escaped += "%0A";
        else
            escaped += c;
    }
    return escaped;
}

/// Puts the parts one after another; text that follows text becomes one piece.
class FormWriter {
public:
    FormWriter(std::vector<UniqueFd>& descriptors, std::string_view boundary)
        : descriptors_(descriptors), boundary_(boundary) {}

    Result<> add(const Part& part, std::size_t number) {
        shown_ = "option \"form\": part " + std::to_string(number);
        if (auto checked = check(part); !checked) return checked;
        text_ += "--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"" +
                 escape_quoted(*find(part, "name")) + '"';
        const auto* value = find(part, "value");
        if (value)
            text_ += "\r\n\r\n" + *value;
        else if (auto added = add_file(part); !added)
            return added;
        text_ += "\r\n";
        return check_size();
    }

    Result<Form> finish() {
        text_ += "--" + boundary_ + "--\r\n";
        if (auto fits = check_size(); !fits) return tl::make_unexpected(fits.error());
        end_text();
        return Form{std::move(pieces_), "multipart/form-data; boundary=" + boundary_};
    }

private:
    Result<> refuse(const std::string& why) const {
        return fail(ErrorCode::InvalidArgument, shown_ + " " + why);
    }

    Result<> check(const Part& part) const {
        for (const auto& [key, value] : part)
            if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end())
                return refuse(
                    "has the key \"" + shorten(key, 64) +
                    "\", which no part has: name, value, file, file-fd, filename and content-type are known");
        const auto* name = find(part, "name");
        if (!name || name->empty()) return refuse("has no \"name\"");
        auto bodies = part.count("value") + part.count("file") + part.count("file-fd");
        if (bodies == 0) return refuse("has neither a \"value\" nor a \"file\" or \"file-fd\"");
        if (bodies > 1) return refuse("has more than one of \"value\", \"file\" and \"file-fd\": leave one");
        for (const auto* key : {"filename", "content-type"})
            if (part.contains("value") && part.contains(key))
                return refuse("has a \"" + std::string{key} +
                              "\" beside its \"value\", which only files have");
        if (const auto* type = find(part, "content-type");
            type && (type->empty() || type->size() > kMaxText || has_control_character(*type)))
            return refuse("has a \"content-type\" that is empty, too long, or has control characters");
        const auto* path = find(part, "file");
        if (path && !path->starts_with('/')) return refuse("has a \"file\" that is not an absolute path");
        return {};
    }

    Result<> add_file(const Part& part) {
        SourcePiece piece;
        std::string name = "file";
        if (const auto* path = find(part, "file")) {
            piece.path = *path;
            name = path->substr(path->rfind('/') + 1);
        } else {
            auto place = parse_number(*find(part, "file-fd"));
            if (!place || *place >= descriptors_.size() || !descriptors_[*place])
                return refuse("has a \"file-fd\" that is no descriptor");
            piece.fd = std::move(descriptors_[*place]);
        }
        if (const auto* given = find(part, "filename")) name = *given;
        const auto* type = find(part, "content-type");
        text_ += "; filename=\"" + escape_quoted(name) +
                 "\"\r\nContent-Type: " + (type ? *type : "application/octet-stream") + "\r\n\r\n";
        end_text();
        pieces_.push_back(std::move(piece));
        return {};
    }

    void end_text() {
        size_ += text_.size();
        pieces_.push_back({.text = std::exchange(text_, {})});
    }

    Result<> check_size() const {
        if (size_ + text_.size() <= kMaxFormText) return {};
        return fail(ErrorCode::LimitExceeded, "option \"form\" has more than " +
                                                  std::to_string(kMaxFormText) +
                                                  " bytes of names and values: put long values into files");
    }

    std::vector<UniqueFd>& descriptors_;
    std::string boundary_;
    std::string shown_;
    std::string text_;
    Bytes size_ = 0;  ///< of the texts in `pieces_`
    std::vector<SourcePiece> pieces_;
};

}  // namespace

Result<Form> make_form(const FormParts& parts, std::vector<UniqueFd>& descriptors,
                       std::string_view boundary) {
    if (parts.empty()) return fail(ErrorCode::InvalidArgument, "option \"form\" has no parts");
    if (parts.size() > kMaxFormParts)
        return fail(ErrorCode::LimitExceeded, "option \"form\" has " + std::to_string(parts.size()) +
                                                  " parts and the limit is " + std::to_string(kMaxFormParts));
    FormWriter writer{descriptors, boundary};
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (auto added = writer.add(parts[i], i + 1); !added) return tl::make_unexpected(added.error());
    return writer.finish();
}

std::string to_boundary(std::string_view random) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string boundary = "haul-";
    for (char c : random) {
        auto byte = static_cast<unsigned char>(c);
        boundary += kDigits[byte >> 4U];
        boundary += kDigits[byte & 0xfU];
    }
    return boundary;
}

}  // namespace haul::model

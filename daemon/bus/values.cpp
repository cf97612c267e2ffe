#include "bus/values.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <variant>

#include "base/descriptor.hpp"
#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::bus {
namespace {

/// The value behind a variant, by its D-Bus type.
std::optional<Value> to_value(const sdbus::Variant& variant) {
    auto type = variant.peekValueType();
    if (type == "s") return variant.get<std::string>();
    if (type == "t") return variant.get<std::uint64_t>();
    if (type == "b") return variant.get<bool>();
    if (type == "u") return variant.get<std::uint32_t>();
    if (type == "d") return variant.get<double>();
    if (type == "x") return variant.get<std::int64_t>();
    if (type == "i") return std::int64_t{variant.get<std::int32_t>()};
    if (type == "n") return std::int64_t{variant.get<std::int16_t>()};
    if (type == "q") return variant.get<std::uint16_t>();
    if (type == "y") return std::uint32_t{variant.get<std::uint8_t>()};
    if (type == "as") return variant.get<std::vector<std::string>>();
    if (type == "at") return variant.get<std::vector<std::uint64_t>>();
    if (type == "ay") return variant.get<Blob>();
    if (type == "a{ss}") return variant.get<std::map<std::string, std::string>>();
    return std::nullopt;
}

sdbus::Variant to_variant(const auto& value) {
    return sdbus::Variant{value};
}

sdbus::Variant to_variant(const FormParts& parts) {
    std::vector<Dictionary> dictionaries;
    for (const auto& part : parts) {
        auto& dictionary = dictionaries.emplace_back();
        for (const auto& [key, value] : part) dictionary[key] = sdbus::Variant{value};
    }
    return sdbus::Variant{dictionaries};
}

/// The path of a directory that the caller has open, with a slash at its end.
Result<std::string> directory_of(const sdbus::UnixFd& fd) {
    struct stat opened {};
    if (::fstat(fd.get(), &opened) != 0 || !S_ISDIR(opened.st_mode))
        return fail(ErrorCode::InvalidArgument,
                    "option \"destination-fd\" is no descriptor of a directory: open one with O_DIRECTORY");
    auto name = path_of(fd.get());
    if (name.empty())
        return fail(
            ErrorCode::DestinationDenied,
            "the directory of option \"destination-fd\" has no path that the daemon can reach, which it "
            "needs after a restart: choose another one");
    return name + "/";
}

/// The path of a file that the caller may read and the daemon too; "" where there is none.
std::string readable_path_of(int fd) {
    struct stat opened {};
    if (::fstat(fd, &opened) != 0 || !S_ISREG(opened.st_mode) || !is_readable(fd)) return "";
    auto path = path_of(fd);
    return !path.empty() && ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0 ? path : "";
}

/// Turns the dictionary of one call into fields.
class Decoder {
public:
    explicit Decoder(FileFds files) : files_(files) {}

    Result<> add(const Dictionary& dictionary, const std::string& key, const sdbus::Variant& variant) {
        if (key == "destination-fd" && variant.peekValueType() == "h") {
            if (dictionary.contains("destination")) return refuse_both("destination", "destination-fd");
            add("destination", TRY(directory_of(variant.get<sdbus::UnixFd>())));
            return {};
        }
        if (key == "file-fd") {
            if (dictionary.contains("file")) return refuse_both("file", "file-fd");
            auto place = TRY(place_of(variant, "option \"file-fd\""));
            if (auto* path = std::get_if<std::string>(&place))
                add("file", std::move(*path));
            else
                add(key, std::get<std::uint32_t>(place));
            return {};
        }
        if (key == "form") {
            add(key, TRY(parts_of(variant)));
            return {};
        }
        auto value = to_value(variant);
        if (!value && (key == "after" || key.ends_with("-fd")))
            return fail(ErrorCode::NotSupported, "option \"" + key + "\" is not supported by this version");
        if (!value)
            return fail(ErrorCode::InvalidArgument, "option \"" + model::shorten(key, 64) +
                                                        "\" has the type " + variant.peekValueType() +
                                                        ", which no option has");
        add(key, std::move(*value));
        return {};
    }

    Decoded take() { return std::move(decoded_); }

private:
    /// A path, or the place of a descriptor.
    using Place = std::variant<std::string, std::uint32_t>;

    void add(const std::string& key, Value value) { decoded_.fields.push_back({key, std::move(value)}); }

    static Result<> refuse_both(const std::string& path, const std::string& fd) {
        return fail(ErrorCode::InvalidArgument,
                    "options \"" + path + "\" and \"" + fd + "\" say the same: leave one out");
    }

    Result<Place> place_of(const sdbus::Variant& variant, const std::string& shown) {
        if (variant.peekValueType() != "h")
            return fail(ErrorCode::InvalidArgument, shown + " has the type " + variant.peekValueType() +
                                                        " and has to be a descriptor (h)");
        auto fd = variant.get<sdbus::UnixFd>();
        if (files_ == FileFds::ToPaths)
            if (auto path = readable_path_of(fd.get()); !path.empty()) return path;
        auto own = duplicate(fd.get());
        if (!own)
            return fail(ErrorCode::LimitExceeded,
                        shown + ": the daemon has too many files open: call again later");
        decoded_.descriptors.push_back(std::move(own));
        return static_cast<std::uint32_t>(decoded_.descriptors.size() - 1);
    }

    Result<FormParts> parts_of(const sdbus::Variant& variant) {
        if (variant.peekValueType() != "aa{sv}")
            return fail(ErrorCode::InvalidArgument, "option \"form\" has the type " +
                                                        variant.peekValueType() +
                                                        " and has to be a list of parts (aa{sv})");
        FormParts parts;
        for (const auto& dictionary : variant.get<std::vector<Dictionary>>()) {
            auto shown = "option \"form\": part " + std::to_string(parts.size() + 1);
            parts.push_back(TRY(part_of(dictionary, shown)));
        }
        return parts;
    }

    Result<std::map<std::string, std::string>> part_of(const Dictionary& dictionary,
                                                       const std::string& shown) {
        std::map<std::string, std::string> part;
        for (const auto& [key, variant] : dictionary) {
            auto named = shown + ": \"" + model::shorten(key, 64) + "\"";
            if (key == "file-fd") {
                if (dictionary.contains("file"))
                    return fail(ErrorCode::InvalidArgument,
                                named + " and \"file\" say the same: leave one out");
                auto place = TRY(place_of(variant, named));
                if (auto* path = std::get_if<std::string>(&place))
                    part["file"] = std::move(*path);
                else
                    part[key] = std::to_string(std::get<std::uint32_t>(place));
            } else if (variant.peekValueType() == "s") {
                part[key] = variant.get<std::string>();
            } else {
                return fail(ErrorCode::InvalidArgument, named + " has the type " + variant.peekValueType() +
                                                            " and has to be a string (s)");
            }
        }
        return part;
    }

    FileFds files_;
    Decoded decoded_;
};

}  // namespace

Result<Decoded> to_fields(const Dictionary& dictionary, FileFds files) {
    Decoder decoder{files};
    for (const auto& [key, variant] : dictionary)
        if (auto added = decoder.add(dictionary, key, variant); !added)
            return tl::make_unexpected(added.error());
    return decoder.take();
}

Dictionary to_dictionary(const Fields& fields) {
    Dictionary dictionary;
    for (const auto& field : fields)
        dictionary[field.key] = std::visit([](const auto& value) { return to_variant(value); }, field.value);
    return dictionary;
}

sdbus::Error to_bus_error(const Error& error) {
    return {"org.hauld1.Error." + std::string{to_word(error.code)}, error.message};
}

}  // namespace haul::bus

#include "bus/values.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

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
    if (type == "ay") return variant.get<Blob>();
    if (type == "a{ss}") return variant.get<std::map<std::string, std::string>>();
    return std::nullopt;
}

/// The path of a directory that the caller has open, with a slash at its end.
Result<std::string> directory_of(const sdbus::UnixFd& fd) {
    std::array<char, model::kMaxPath + 1> path{};
    auto link = "/proc/self/fd/" + std::to_string(fd.get());
    auto size = ::readlink(link.c_str(), path.data(), path.size());
    struct stat opened {};
    struct stat named {};
    std::string name{path.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    bool is_directory = ::fstat(fd.get(), &opened) == 0 && S_ISDIR(opened.st_mode);
    if (!is_directory || name.size() > model::kMaxPath)
        return fail(ErrorCode::InvalidArgument,
                    "option \"destination-fd\" is no descriptor of a directory: open one with O_DIRECTORY");
    bool is_reachable =
        ::stat(name.c_str(), &named) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
    if (!is_reachable)
        return fail(
            ErrorCode::DestinationDenied,
            "the directory of option \"destination-fd\" has no path that the daemon can reach, which it "
            "needs after a restart: choose another one");
    return name + "/";
}

}  // namespace

Result<Fields> to_fields(const Dictionary& dictionary) {
    Fields fields;
    for (const auto& [key, variant] : dictionary) {
        if (key == "destination-fd" && variant.peekValueType() == "h") {
            if (dictionary.contains("destination"))
                return fail(ErrorCode::InvalidArgument,
                            "options \"destination\" and \"destination-fd\" say the same: leave one out");
            auto directory = TRY(directory_of(variant.get<sdbus::UnixFd>()));
            fields.push_back({"destination", std::move(directory)});
            continue;
        }
        auto value = to_value(variant);
        if (!value && (key == "after" || key == "form" || key.ends_with("-fd")))
            return fail(ErrorCode::NotSupported, "option \"" + key + "\" is not supported by this version");
        if (!value)
            return fail(ErrorCode::InvalidArgument, "option \"" + model::shorten(key, 64) +
                                                        "\" has the type " + variant.peekValueType() +
                                                        ", which no option has");
        fields.push_back({key, std::move(*value)});
    }
    return fields;
}

Dictionary to_dictionary(const Fields& fields) {
    Dictionary dictionary;
    for (const auto& field : fields)
        dictionary[field.key] =
            std::visit([](const auto& value) { return sdbus::Variant{value}; }, field.value);
    return dictionary;
}

sdbus::Error to_bus_error(const Error& error) {
    return {"org.hauld1.Error." + std::string{to_word(error.code)}, error.message};
}

}  // namespace haul::bus

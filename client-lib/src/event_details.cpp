#include "haul/event_details.hpp"

namespace haul {

namespace {

template <typename T>
std::optional<T> find(const Event& event, const char* key) {
    const auto place = event.details.find(key);
    if (place == event.details.end()) return std::nullopt;
    const auto* value = std::get_if<T>(&place->second);
    return value ? std::optional<T>(*value) : std::nullopt;
}

template <typename T>
T take(const Event& event, const char* key) {
    return find<T>(event, key).value_or(T{});
}

}  // namespace

std::optional<Redirection> to_redirection(const Event& event) {
    if (event.type != "redirected") return std::nullopt;
    return Redirection{
        .url = take<std::string>(event, "url"),
        .final_url = take<std::string>(event, "final-url"),
        .status = find<std::uint64_t>(event, "status"),
    };
}

std::optional<Challenge> to_challenge(const Event& event) {
    if (event.type != "credentials-needed") return std::nullopt;
    return Challenge{
        .scheme = take<std::string>(event, "scheme"),
        .schemes = take<std::vector<std::string>>(event, "schemes"),
        .realm = take<std::string>(event, "realm"),
        .proxy = take<bool>(event, "proxy"),
        .url = take<std::string>(event, "url"),
        .status = find<std::uint64_t>(event, "status"),
    };
}

std::optional<std::vector<std::uint8_t>> resume_data_of(const Event& event) {
    if (event.type != "failed" && event.type != "cancelled") return std::nullopt;
    return find<std::vector<std::uint8_t>>(event, "resume-data");
}

}  // namespace haul

#include "words.hpp"

#include <array>
#include <utility>

namespace haul {

namespace {

constexpr std::array kKinds{
    std::pair{TaskKind::Download, std::string_view("download")},
    std::pair{TaskKind::Upload, std::string_view("upload")},
    std::pair{TaskKind::WebSocket, std::string_view("websocket")},
};

constexpr std::array kStates{
    std::pair{TaskState::Suspended, std::string_view("suspended")},
    std::pair{TaskState::Waiting, std::string_view("waiting")},
    std::pair{TaskState::Running, std::string_view("running")},
    std::pair{TaskState::Publishing, std::string_view("publishing")},
    std::pair{TaskState::Finished, std::string_view("finished")},
    std::pair{TaskState::Failed, std::string_view("failed")},
    std::pair{TaskState::Cancelled, std::string_view("cancelled")},
};

template <typename Table, typename Key>
std::string_view word_of(const Table& table, Key key) {
    for (const auto& [value, word] : table) {
        if (value == key) return word;
    }
    return {};
}

template <typename Key, typename Table>
std::optional<Key> value_of(const Table& table, std::string_view wanted) {
    for (const auto& [value, word] : table) {
        if (word == wanted) return value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(TaskKind kind) {
    return word_of(kKinds, kind);
}

std::string_view to_string(TaskState state) {
    return word_of(kStates, state);
}

bool has_ended(TaskState state) {
    switch (state) {
        case TaskState::Suspended:
        case TaskState::Waiting:
        case TaskState::Running:
        case TaskState::Publishing:
            return false;
        case TaskState::Finished:
        case TaskState::Failed:
        case TaskState::Cancelled:
            return true;
    }
    return false;
}

namespace detail {

std::optional<TaskKind> task_kind(std::string_view word) {
    return value_of<TaskKind>(kKinds, word);
}

std::optional<TaskState> task_state(std::string_view word) {
    return value_of<TaskState>(kStates, word);
}

std::string_view to_word(AuthScheme scheme) {
    switch (scheme) {
        case AuthScheme::Best:
            return "";
        case AuthScheme::Basic:
            return "basic";
        case AuthScheme::Digest:
            return "digest";
        case AuthScheme::Bearer:
            return "bearer";
        case AuthScheme::ProxyBasic:
            return "proxy-basic";
        case AuthScheme::ProxyDigest:
            return "proxy-digest";
    }
    return {};
}

}  // namespace detail

}  // namespace haul

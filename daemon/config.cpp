#include "config.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include <toml++/toml.h>
#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>

#include "model/options.hpp"

namespace haul {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string home() {
    auto home = environment("HOME");
    return home.empty() ? "/" : home;
}

/// An XDG base directory: absolute, or it does not count.
std::string xdg_dir(const char* variable, const char* in_home) {
    auto dir = environment(variable);
    return dir.starts_with('/') ? dir : home() + in_home;
}

std::string state_dir(const Flags& flags) {
    if (!flags.state_dir.empty()) return flags.state_dir;
    if (auto systemd = environment("STATE_DIRECTORY"); !systemd.empty())
        return systemd.substr(0, systemd.find(':'));
    if (flags.bus == "system") return "/var/lib/haul";
    return xdg_dir("XDG_STATE_HOME", "/.local/state") + "/haul";
}

std::string absolute(const std::string& path) {
    if (path.starts_with('/')) return path;
    std::array<char, 4096> here{};
    return std::string{::getcwd(here.data(), here.size()) ? here.data() : ""} + "/" + path;
}

std::string usual_config_file(const Flags& flags) {
    return flags.bus == "system" ? "/etc/haul/hauld.toml"
                                 : xdg_dir("XDG_CONFIG_HOME", "/.config") + "/haul/hauld.toml";
}

/// One key of the file: where it stands, and what takes its value. False: a value that it can't have.
struct Key {
    std::string_view table;
    std::string_view name;
    const char* wanted;
    std::function<bool(const toml::node&)> take;
};

auto into_duration(Duration& target) {
    return [&target](const toml::node& node) {
        auto duration = parse_duration(node.value_or(std::string_view{}));
        if (duration) target = *duration;
        return duration.has_value();
    };
}

auto into_limit(std::uint64_t& target) {
    return [&target](const toml::node& node) {
        auto number = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
        if (!number || *number < 1) return false;
        target = static_cast<std::uint64_t>(*number);
        return true;
    };
}

auto into_percent(std::uint8_t& target) {
    return [&target](const toml::node& node) {
        auto number = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
        if (!number || *number < 0 || *number > 100) return false;
        target = static_cast<std::uint8_t>(*number);
        return true;
    };
}

auto into_flag(bool& target) {
    return [&target](const toml::node& node) {
        auto flag = node.is_boolean() ? node.value<bool>() : std::nullopt;
        if (flag) target = *flag;
        return flag.has_value();
    };
}

/// A text that is checked as the option of this name is.
auto into_option(const char* option, std::string& target,
                 model::OptionScope scope = model::OptionScope::Session) {
    return [option, scope, &target](const toml::node& node) {
        auto text = node.value<std::string>();
        model::Options checked;
        if (!text || !model::set_option(checked, scope, option, *text)) return false;
        target = *text;
        return true;
    };
}

std::vector<Key> keys(Config& config) {
    constexpr const char* kDuration = "a duration such as \"500ms\", \"90s\", \"5min\", \"1h\" or \"7d\"";
    constexpr const char* kLimit = "a whole number from 1";
    auto& settings = config.settings;
    auto idle_exit = [&config](const toml::node& node) {
        auto text = node.value_or(std::string_view{});
        config.idle_exit = parse_duration(text);
        return text == "never" || config.idle_exit.has_value();
    };
    std::vector<Key> keys{
        {"", "idle-exit", "a duration such as \"5min\", or \"never\"", idle_exit},
        {"network", "proxy", "a proxy's URL such as \"http://proxy:3128\", or \"none\"",
         into_option("proxy", settings.proxy)},
        {"network", "no-proxy", "hosts and domains with commas between them",
         into_option("no-proxy", settings.no_proxy)},
        {"transfer", "request-timeout", kDuration, into_duration(settings.request_timeout)},
        {"transfer", "resource-timeout", kDuration, into_duration(settings.resource_timeout)},
        {"transfer", "retry-delay", kDuration, into_duration(settings.backoff.first)},
        {"transfer", "retry-delay-max", kDuration, into_duration(settings.backoff.most)},
        {"wake", "retry-delay", kDuration, into_duration(settings.relaunch.first)},
        {"wake", "retry-delay-max", kDuration, into_duration(settings.relaunch.most)},
        {"wake", "reply-timeout", kDuration, into_duration(config.launch_timeout)},
        {"retention", "unacknowledged", kDuration, into_duration(settings.keep_unacknowledged)},
        {"transfer", "progress-interval", kDuration, into_duration(config.progress_interval)},
        {"discretionary", "min-battery", "a whole number from 0 to 100",
         into_percent(settings.leisure.min_battery)},
        {"discretionary", "idle", "true or false", into_flag(settings.leisure.wants_idle)},
        {"discretionary", "window", "windows such as \"22:00-06:00\" or \"Mon-Fri 20:00-24:00\"",
         into_option("window", settings.leisure.window, model::OptionScope::Task)},
    };
    for (auto name : model::kLimitNames)
        keys.push_back({"limits", name, kLimit, into_limit(*model::find_limit(settings.limits, name))});
    return keys;
}

std::string at(const std::string& file, const toml::source_region& source) {
    return file + ":" + std::to_string(source.begin.line) + ": ";
}

/// Empty where all is well.
std::string read_table(const toml::table& table, std::string_view name, const std::vector<Key>& keys,
                       const std::string& file) {
    for (const auto& [entry, node] : table) {
        auto key = entry.str();
        auto full_name = (name.empty() ? "" : std::string{name} + ".") + std::string{key};
        bool is_section = name.empty() && std::any_of(keys.begin(), keys.end(),
                                                      [&](const auto& known) { return known.table == key; });
        if (is_section && node.is_table()) {
            if (auto trouble = read_table(*node.as_table(), key, keys, file); !trouble.empty())
                return trouble;
            continue;
        }
        auto known = std::find_if(keys.begin(), keys.end(),
                                  [&](const auto& one) { return one.table == name && one.name == key; });
        if (known == keys.end())
            return at(file, entry.source()) + "unknown key \"" + full_name + "\": see hauld.toml(5)";
        if (!known->take(node))
            return at(file, entry.source()) + "\"" + full_name + "\" must be " + known->wanted;
    }
    return {};
}

std::string read_file(const std::string& file, Config& config) {
    try {
        auto table = toml::parse_file(file);
        return read_table(table, "", keys(config), file);
    } catch (const toml::parse_error& error) {
        return at(file, error.source()) + std::string{error.description()};
    }
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    constexpr std::int64_t kSecond = 1'000'000;
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{{{"ms", 1000},
                                                                               {"s", kSecond},
                                                                               {"min", 60 * kSecond},
                                                                               {"h", 3600 * kSecond},
                                                                               {"d", 24 * 3600 * kSecond}}};
    std::int64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 1) return std::nullopt;
    std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    for (const auto& [name, microseconds] : kUnits)
        if (name == unit && number <= 3650 * 24 * 3600 * kSecond / microseconds)
            return Duration{number * microseconds};
    return std::nullopt;
}

tl::expected<Config, std::string> load_config(const Flags& flags) {
    Config config;
    config.bus = flags.bus;
    config.state_dir = absolute(state_dir(flags));
    config.settings.spool = config.state_dir + "/spool";
    config.settings.self = {::geteuid()};
    auto file = flags.config_file.empty() ? usual_config_file(flags) : flags.config_file;
    struct stat info {};
    bool is_there = ::stat(file.c_str(), &info) == 0;
    if (!is_there && flags.config_file.empty()) return config;
    if (auto trouble = read_file(file, config); !trouble.empty()) return tl::make_unexpected(trouble);
    return config;
}

}  // namespace haul

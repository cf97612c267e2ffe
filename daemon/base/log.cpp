#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <syslog.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace haul::log {

namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::Debug:
            return spdlog::level::debug;
        case Level::Info:
            return spdlog::level::info;
        case Level::Warn:
            return spdlog::level::warn;
        case Level::Error:
            return spdlog::level::err;
        case Level::Critical:
            break;
    }
    return spdlog::level::critical;
}

/// A line's importance as a digit (syslog(3)).
class Priority : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& text) override {
        static_assert(spdlog::level::trace == 0 && spdlog::level::critical == 5);
        constexpr std::array kPriorities{LOG_DEBUG, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR, LOG_CRIT};
        text.push_back(static_cast<char>('0' + kPriorities.at(static_cast<std::size_t>(line.level))));
    }

    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

/// systemd has time and process of each line itself, and reads its importance off the beginning
/// (sd-daemon(3)).
std::unique_ptr<spdlog::formatter> make_journal_formatter() {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<Priority>('*').set_pattern("<%*>%v");
    return formatter;
}

}  // namespace

void open(const std::string& least) {
    auto logger = spdlog::stderr_logger_mt("hauld");
    if (std::getenv("JOURNAL_STREAM")) {
        logger->set_formatter(make_journal_formatter());
    } else {
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %L %v");
    }
    logger->set_level(spdlog::level::from_str(least));
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

void write(Level level, fmt::string_view format, fmt::format_args values) {
    auto* logger = spdlog::default_logger_raw();
    auto importance = to_spdlog(level);
    if (!logger->should_log(importance)) return;
    auto line = fmt::vformat(format, values);
    // What clients and servers gave a name begins no line of its own.
    std::ranges::replace_if(
        line, [](unsigned char letter) { return letter < ' ' || letter == 0x7f; }, '?');
    logger->log(importance, line);
}

}  // namespace haul::log

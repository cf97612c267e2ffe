#include "progress_meter.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "sentences.hpp"
#include "terminal_text.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

constexpr std::size_t kWidestBar = 40;
constexpr std::size_t kNarrowestBar = 8;
constexpr std::size_t kShortestLabel = 12;

/// Two columns between the parts of a line.
constexpr std::string_view kGap = "  ";

std::string percent_text(const Meter& meter) {
    const auto percent = percent_of(meter);
    if (!percent) return {};
    std::array<char, 16> text;
    std::snprintf(text.data(), text.size(), "%3d%%", *percent);
    return text.data();
}

std::string amount_text(const Meter& meter) {
    return meter.total ? format_bytes(meter.done) + " of " + format_bytes(*meter.total)
                       : format_bytes(meter.done);
}

std::string time_left_text(const Meter& meter) {
    return meter.time_left ? format_duration(*meter.time_left) + " left" : std::string();
}

std::string rate_text(const Meter& meter) {
    return meter.bytes_per_second ? format_rate(*meter.bytes_per_second) : std::string();
}

std::string bar_text(int percent, std::size_t width) {
    const auto inside = width - 2;
    const auto filled = inside * static_cast<std::size_t>(percent) / 100;
    auto bar = "[" + std::string(filled, '=') + std::string(inside - filled, ' ') + "]";
    if (filled > 0 && filled < inside) bar[filled] = '>';
    return bar;
}

void append(std::string& line, const std::string& part) {
    if (part.empty()) return;
    if (!line.empty()) line += kGap;
    line += part;
}

std::string in_one_line(const std::vector<std::string>& parts) {
    std::string line;
    for (const auto& part : parts) append(line, part);
    return line;
}

template <typename Sum>
void add(std::optional<Sum>& sum, const std::optional<Sum>& part) {
    sum = sum && part ? std::optional<Sum>(*sum + *part) : std::nullopt;
}

Meter sum_of(const std::vector<Progress>& pending, std::size_t ended) {
    Meter meter{.label =
                    std::to_string(ended) + " of " + std::to_string(ended + pending.size()) + " tasks ended"};
    meter.total = Bytes{0};
    for (const auto& task : pending) {
        meter.done += task.details.bytes_done;
        add(meter.total, task.details.bytes_total);
        if (task.bytes_per_second)
            meter.bytes_per_second = meter.bytes_per_second.value_or(0) + *task.bytes_per_second;
        if (task.time_left)
            meter.time_left = std::max(meter.time_left.value_or(*task.time_left), *task.time_left);
    }
    return meter;
}

}  // namespace

Meter meter_of(const std::vector<Progress>& pending, std::size_t ended, Time now) {
    if (pending.size() + ended > 1) return sum_of(pending, ended);
    const auto& task = pending.front();
    return {
        .label = printable(label_of(task.details)),
        .done = task.details.bytes_done,
        .total = task.details.bytes_total,
        .bytes_per_second = task.bytes_per_second,
        .time_left = task.time_left,
        .note = printable(standstill(task.details, now)),
    };
}

std::optional<int> percent_of(const Meter& meter) {
    if (!meter.total) return std::nullopt;
    if (*meter.total == 0) return 100;
    const double share = static_cast<double>(meter.done) / static_cast<double>(*meter.total);
    return static_cast<int>(std::clamp(share, 0.0, 1.0) * 100);
}

std::string terminal_line(const Meter& meter, std::size_t width) {
    const auto percent = percent_of(meter);
    if (!meter.note.empty()) {
        const auto lead =
            in_one_line({cut(meter.label, std::max(kShortestLabel, width / 3)), percent_text(meter)});
        return cut(lead + std::string(kGap) + meter.note, width);
    }

    // The amount and the time left are dropped before the label becomes too short to be read.
    std::vector<std::string> tail{amount_text(meter), rate_text(meter), time_left_text(meter)};
    const auto needed = [&] {
        return columns(in_one_line(tail)) + columns(percent_text(meter)) + 2 * kGap.size();
    };
    for (const std::size_t dispensable : {0U, 2U, 1U}) {
        if (needed() + std::min(kShortestLabel, columns(meter.label)) <= width) break;
        tail.at(dispensable).clear();
    }
    const auto rest = in_one_line(tail);
    const auto room = width > needed() ? width - needed() : 0;

    std::string bar;
    auto label = cut(meter.label, room);
    if (percent && room >= kShortestLabel + kGap.size() + kNarrowestBar) {
        label =
            cut(meter.label, std::max(kShortestLabel, room - kGap.size() - std::min(room / 2, kWidestBar)));
        const auto free = room - columns(label) - kGap.size();
        if (free >= kNarrowestBar) bar = bar_text(*percent, std::min(free, kWidestBar));
    }
    return cut(in_one_line({label, percent_text(meter), bar, rest}), width);
}

std::string plain_line(const Meter& meter) {
    auto line = meter.label + ": ";
    if (const auto percent = percent_of(meter)) {
        line += std::to_string(*percent) + "% of " + format_bytes(*meter.total);
    } else {
        line += format_bytes(meter.done);
    }
    if (!meter.note.empty()) return line + ", " + meter.note;
    for (const auto& part : {rate_text(meter), time_left_text(meter)}) {
        if (!part.empty()) line += ", " + part;
    }
    return line;
}

}  // namespace haul::cli

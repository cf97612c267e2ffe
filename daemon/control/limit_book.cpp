#include "control/limit_book.hpp"

#include <algorithm>

#include "model/text.hpp"

namespace haul::control {
namespace {

constexpr std::string_view kMaxRate = "max-rate";
constexpr std::string_view kRateInWindow = "max-rate@";
constexpr std::string_view kDataSaver = "data-saver";
constexpr std::size_t kMostWindowedRates = 32;

tl::unexpected<Error> refuse_limit(const std::string& name, std::string_view why) {
    return fail(ErrorCode::InvalidArgument, "limit \"" + model::shorten(name, 64) + "\" " + std::string{why});
}

bool is_windowed(const std::string& name) {
    return name.starts_with(kRateInWindow);
}

std::string window_of(const std::string& name) {
    return name.substr(kRateInWindow.size());
}

Result<> check_limit(const std::string& name, std::uint64_t value) {
    if (is_windowed(name)) {
        if (auto windows = model::Windows::parse(window_of(name)); !windows)
            return refuse_limit(name, "is refused: " + windows.error().message);
        return {};
    }
    if (name == kDataSaver && value > 1 && value != LimitBook::kDefault)
        return refuse_limit(name, "must be 0 or 1");
    if (name == kMaxRate || name == kDataSaver) return {};
    model::Limits any;
    if (!model::find_limit(any, name)) return refuse_limit(name, "is unknown: GetLimits lists them");
    if (value == 0) return refuse_limit(name, "must be at least 1");
    return {};
}

}  // namespace

Result<> LimitBook::load() {
    set_ = TRY(journal_.limits.all());
    apply();
    return {};
}

Result<> LimitBook::set(const std::string& name, std::uint64_t value) {
    TRY(check_limit(name, value));
    auto windowed =
        std::count_if(set_.begin(), set_.end(), [](const auto& one) { return is_windowed(one.first); });
    if (is_windowed(name) && !set_.contains(name) &&
        windowed >= static_cast<std::ptrdiff_t>(kMostWindowedRates))
        return fail(ErrorCode::LimitExceeded, "there are " + std::to_string(kMostWindowedRates) +
                                                  " rates with windows already: take one back first");
    TRY(turn_.open());
    if (value == kDefault)
        TRY(turn_.note(journal_.limits.remove(name)));
    else
        TRY(turn_.note(journal_.limits.put(name, std::min<std::uint64_t>(value, INT64_MAX))));
    turn_.after_commit([this] {
        if (auto limits = journal_.limits.all()) set_ = std::move(*limits);
        apply();
    });
    return {};
}

void LimitBook::apply() {
    limits_ = configured_;
    for (const auto& [name, value] : set_)
        if (auto* limit = model::find_limit(limits_, name)) *limit = value;
}

std::map<std::string, std::uint64_t> LimitBook::all() const {
    std::map<std::string, std::uint64_t> all{{std::string{kMaxRate}, 0}, {std::string{kDataSaver}, 0}};
    auto limits = limits_;
    limits.active_per_owner = limits_.most_per_owner();
    limits.active_per_session = limits_.most_per_session();
    for (auto name : model::kLimitNames) all[std::string{name}] = *model::find_limit(limits, name);
    for (const auto& [name, value] : set_) all[name] = value;
    return all;
}

std::uint64_t LimitBook::value_of(const std::string& name) const {
    auto found = set_.find(name);
    return found == set_.end() ? 0 : found->second;
}

/// Where several windows are open, the lowest rate counts.
LimitBook::Rate LimitBook::rate(Gatekeeper& gatekeeper, WallTime now) const {
    Rate rate;
    std::optional<Bytes> in_window;
    for (const auto& [name, value] : set_) {
        if (!is_windowed(name)) continue;
        auto opening = gatekeeper.opening(window_of(name), now);
        rate.until = std::min(rate.until.value_or(opening.until), opening.until);
        if (opening.is_open)
            in_window = std::min(in_window.value_or(UINT64_MAX), value == 0 ? UINT64_MAX : value);
    }
    auto most = in_window.value_or(value_of(std::string{kMaxRate}));
    if (most != 0 && most != UINT64_MAX) rate.most = most;
    return rate;
}

}  // namespace haul::control

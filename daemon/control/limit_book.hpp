#pragma once

#include <map>
#include <optional>
#include <string>

#include "control/gatekeeper.hpp"
#include "control/turn.hpp"
#include "journal/journal.hpp"
#include "model/limits.hpp"

namespace haul::control {

/// The machine-wide limits in force: those that were set over the bus, which the journal keeps, and under
/// them those of the configuration. Besides those of model::Limits: "max-rate" (bytes a second, 0 = none),
/// "max-rate@WINDOW" (likewise, while the window is open) and "data-saver" (0 or 1).
class LimitBook {
public:
    /// Takes a name back to what the configuration says.
    static constexpr std::uint64_t kDefault = UINT64_MAX;

    /// `limits` are the configuration's, and become those in force.
    LimitBook(journal::Journal& journal, Turn& turn, model::Limits& limits)
        : journal_(journal), turn_(turn), configured_(limits), limits_(limits) {}

    Result<> load();
    /// In force when the turn is committed. Errors: InvalidArgument, LimitExceeded.
    Result<> set(const std::string& name, std::uint64_t value);
    std::map<std::string, std::uint64_t> all() const;

    bool data_saver() const { return value_of("data-saver") != 0; }
    /// What the machine may move a second now, and until when that holds.
    struct Rate {
        std::optional<Bytes> most{};
        std::optional<WallTime> until{};
        friend bool operator==(const Rate&, const Rate&) = default;
    };
    Rate rate(Gatekeeper& gatekeeper, WallTime now) const;

private:
    std::uint64_t value_of(const std::string& name) const;
    void apply();

    journal::Journal& journal_;
    Turn& turn_;
    const model::Limits configured_;
    model::Limits& limits_;
    std::map<std::string, std::uint64_t> set_;  ///< as the journal has them
};

}  // namespace haul::control

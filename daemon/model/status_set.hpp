#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace haul::model {

/// The response statuses that count as success.
class StatusSet {
public:
    /// 200 to 299.
    StatusSet();

    /// "any", or a list of statuses and ranges of them, as in "200-299, 404": each is 100 to 599, a range
    /// does not run backwards, blanks may stand around numbers. No value where it is anything else.
    static std::optional<StatusSet> parse(std::string_view text);

    bool contains(std::uint16_t status) const { return status < statuses_.size() && statuses_[status]; }

    friend bool operator==(const StatusSet&, const StatusSet&) = default;

private:
    std::bitset<1000> statuses_;  ///< whatever three digits can say
};

}  // namespace haul::model

#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace haul::engine {

/// How many connections the transfers have to each origin. A transfer's first one is granted always: control
/// has admitted it. More of them only while there is room; and they give way to first ones.
class HostBudget {
public:
    explicit HostBudget(std::uint64_t most) : most_(most) {}

    /// Who has more than that gives way when it may.
    void set_most(std::uint64_t most) { most_ = most; }

    void take(const std::string& origin) { ++taken_[origin]; }
    void give_back(const std::string& origin) {
        auto found = taken_.find(origin);
        if (found != taken_.end() && --found->second == 0) taken_.erase(found);
    }
    bool has_room(const std::string& origin) const { return count(origin) < most_; }
    bool is_overdrawn(const std::string& origin) const { return count(origin) > most_; }

private:
    std::uint64_t count(const std::string& origin) const {
        auto found = taken_.find(origin);
        return found == taken_.end() ? 0 : found->second;
    }

    std::uint64_t most_;
    std::map<std::string, std::uint64_t> taken_;
};

}  // namespace haul::engine

#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <utility>

namespace haul::model {

/// Counts admissions, or arrivals; smaller is longer ago.
using Turn = std::uint64_t;

/// The fair order of ReadyQueue: smaller goes first.
struct Rank {
    bool is_closed = true;  ///< nothing of it may go, as its owner or session runs all that it may
    float grade = 0;        ///< foreground before background, then by falling priority
    Turn owner = 0;         ///< the last turn of its owner
    Turn session = 0;       ///< likewise, of its session
    Turn since = 0;         ///< since when it waits
    friend auto operator<=>(const Rank&, const Rank&) = default;
};

/// Where something stands in both orders.
struct Standing {
    Rank rank;
    Turn oldest = 0;  ///< since when the one waits that waits longest
    friend bool operator==(const Standing&, const Standing&) = default;
};

enum class Order : std::uint8_t {
    Fair,  ///< by rank
    Age,   ///< the longest wait first, of what is not closed
};

inline bool precedes(const Standing& a, const Standing& b, Order order) {
    if (order == Order::Fair) return a.rank < b.rank;
    return std::pair{a.rank.is_closed, a.oldest} < std::pair{b.rank.is_closed, b.oldest};
}

/// Things that have a standing, in both orders. It changes only while they are not in here.
template <class Thing>
class Ranked {
public:
    void add(Thing& thing) {
        fair_.insert(&thing);
        aged_.insert(&thing);
    }
    void drop(Thing& thing) {
        fair_.erase(&thing);
        aged_.erase(&thing);
    }
    Thing* first(Order order) const {
        if (fair_.empty()) return nullptr;
        return order == Order::Fair ? *fair_.begin() : *aged_.begin();
    }
    bool is_empty() const { return fair_.empty(); }

private:
    template <Order order>
    struct By {
        bool operator()(const Thing* a, const Thing* b) const {
            return precedes(a->standing(), b->standing(), order);
        }
    };
    std::set<Thing*, By<Order::Fair>> fair_;
    std::set<Thing*, By<Order::Age>> aged_;
};

}  // namespace haul::model

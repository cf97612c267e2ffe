#pragma once

#include "ports/sleep.hpp"

namespace haul::fakes {

/// A machine that tells how often it was allowed to sleep, and whether it is kept awake.
class FakeSleep final : public ports::Sleep {
public:
    int allowed = 0;
    bool is_kept_awake = false;

    void allow() override { ++allowed; }
    void keep_awake(bool is_wanted) override { is_kept_awake = is_wanted; }
};

}  // namespace haul::fakes

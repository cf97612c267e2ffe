#include "control/turn.hpp"

#include <utility>

#include "base/log.hpp"

namespace haul::control {

Result<> Turn::open() {
    if (is_open_) return {};
    auto begun = database_.begin();
    if (begun) is_open_ = true;
    return begun;
}

Result<> Turn::close() {
    bool was_open = std::exchange(is_open_, false);
    auto doom = std::exchange(doom_, std::nullopt);
    if (!was_open && !doom) return {};
    Result<> closed = doom ? Result<>{tl::make_unexpected(std::move(*doom))} : database_.commit();
    if (!closed) {
        log::error("control: a turn is rolled back: {}", closed.error().message);
        database_.rollback();
    }
    return closed;
}

void Turn::settle() {
    auto closed = close();
    auto effects = std::exchange(effects_, {});
    auto outcomes = std::exchange(outcomes_, {});
    if (closed)
        for (auto& effect : effects) effect();
    for (auto& outcome : outcomes) outcome(closed ? nullptr : &closed.error());
}

}  // namespace haul::control

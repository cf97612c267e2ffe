#include "bus/callers.hpp"

namespace haul::bus {
namespace {

constexpr std::size_t kMostKnown = 1024;

}  // namespace

Result<control::Caller> Callers::identify(const sdbus::Message& message) {
    auto name = message.getSender();
    if (auto known = by_name_.find(name); known != by_name_.end()) {
        recent_.splice(recent_.begin(), recent_, known->second);
        return control::Caller{recent_.front().owner, name};
    }
    OwnerId owner;
    try {
        owner = {message.getCredsEuid()};
    } catch (const sdbus::Error& error) {
        return fail(ErrorCode::NotPermitted, "the bus doesn't know any more who called (" + error.getMessage() +
                                                 "): stay connected until the reply, with dbus-send by --print-reply");
    }
    recent_.push_front({name, owner});
    by_name_[name] = recent_.begin();
    if (recent_.size() > kMostKnown) {
        by_name_.erase(recent_.back().name);
        recent_.pop_back();
    }
    return control::Caller{owner, name};
}

}  // namespace haul::bus

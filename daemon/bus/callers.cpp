#include "bus/callers.hpp"

namespace haul::bus {
namespace {

constexpr std::size_t kMostKnown = 1024;

/// The sender's effective uid as the bus daemon saw it when the sender connected; nothing is read from /proc,
/// where another process may have taken its place.
Result<uid_t> ask_bus(sd_bus_message* message) {
    sd_bus_creds* creds = nullptr;
    int asked = sd_bus_query_sender_creds(message, SD_BUS_CREDS_EUID, &creds);
    uid_t uid = 0;
    int known = asked < 0 ? asked : sd_bus_creds_get_euid(creds, &uid);
    sd_bus_creds_unref(creds);
    if (known < 0)
        return fail(ErrorCode::NotPermitted,
                    "the bus doesn't know any more who called (" + errno_text(-known) +
                        "): stay connected until the reply, with dbus-send by --print-reply");
    return uid;
}

}  // namespace

Result<control::Caller> Callers::identify(sd_bus_message* message) {
    const char* sender = sd_bus_message_get_sender(message);
    std::string name = sender ? sender : "";
    if (auto known = by_name_.find(name); known != by_name_.end()) {
        recent_.splice(recent_.begin(), recent_, known->second);
        return control::Caller{recent_.front().owner, name};
    }
    OwnerId owner{TRY(ask_bus(message))};
    recent_.push_front({name, owner});
    by_name_[name] = recent_.begin();
    if (recent_.size() > kMostKnown) {
        by_name_.erase(recent_.back().name);
        recent_.pop_back();
    }
    return control::Caller{owner, name};
}

}  // namespace haul::bus

#include "model/limits.hpp"

namespace haul::model {

std::uint64_t* find_limit(Limits& limits, std::string_view name) {
    if (name == "tasks-per-owner") return &limits.tasks_per_owner;
    if (name == "sessions-per-owner") return &limits.sessions_per_owner;
    if (name == "active-transfers") return &limits.active_transfers;
    if (name == "active-per-host") return &limits.active_per_host;
    if (name == "active-per-owner") return &limits.active_per_owner;
    if (name == "active-per-session") return &limits.active_per_session;
    if (name == "active-websockets") return &limits.active_sockets;
    if (name == "waits-per-owner") return &limits.waits_per_owner;
    if (name == "spool-bytes-per-owner") return &limits.spool_bytes_per_owner;
    return nullptr;
}

}  // namespace haul::model

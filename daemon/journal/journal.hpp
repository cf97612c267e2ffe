#pragma once

#include <string>

#include "journal/chains.hpp"
#include "journal/database.hpp"
#include "journal/discards.hpp"
#include "journal/events.hpp"
#include "journal/limits.hpp"
#include "journal/meta.hpp"
#include "journal/metrics.hpp"
#include "journal/outbox.hpp"
#include "journal/replies.hpp"
#include "journal/secrets.hpp"
#include "journal/sessions.hpp"
#include "journal/tasks.hpp"
#include "journal/wakes.hpp"

namespace haul::journal {

/// The memory: everything that must outlive the process. One connection, one thread.
struct Journal {
    Database database;
    Sessions sessions;
    Tasks tasks;
    SecretTable secrets;
    Metrics metrics;
    Replies replies;
    Outbox outbox;
    Chains chains;
    LimitTable limits;
    Events events;
    Wakes wakes;
    Discards discards;
    Meta meta;
    std::string instance;  ///< eight hexadecimal digits that tell this journal's part files from others'
    std::string seal_key;  ///< makes resume data of this journal known again; never leaves it
    std::string notice;    ///< what an operator should know about how it was opened; mostly empty

    /// Opens the journal, or makes it. A damaged one is set aside under a new name, which the notice gives,
    /// and what can be read of it is carried over.
    static tl::expected<Journal, OpenError> open(const std::string& path);
};

}  // namespace haul::journal

#pragma once

#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/socket.hpp"

namespace haul::journal {

/// What WebSockets still have to send. A message goes when it was handed to the kernel, or its task ends.
class Outbox {
public:
    static Result<Outbox> prepare(Database& database);

    Result<> insert(TaskId task, const model::OutgoingMessage& message) const;
    /// In order, behind the one with this number; no more than come to so many bytes, but one at least.
    Result<std::vector<model::OutgoingMessage>> list(TaskId task, std::uint64_t after, Bytes most) const;
    Result<model::Bulk> amount(TaskId task) const;
    Result<> remove_up_to(TaskId task, std::uint64_t last) const;
    Result<> remove_all(TaskId task) const;

private:
    Statement insert_, list_, amount_, remove_, remove_all_;
};

}  // namespace haul::journal

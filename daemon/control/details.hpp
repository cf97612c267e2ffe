#pragma once

#include "control/session_book.hpp"
#include "control/task_life.hpp"
#include "journal/events.hpp"
#include "journal/metrics.hpp"
#include "model/field.hpp"
#include "model/reply.hpp"

namespace haul::control {

/// The words of a set of blocks.
std::vector<std::string> blocked_words(model::Block set);

/// What GetDetails tells of a task; secrets are redacted, and a key without a value is absent.
Fields task_details(const model::Task& task, const TaskLife& life);

/// What it tells besides of an upload that was answered.
Fields reply_details(const model::Reply& reply);

/// What GetMetrics tells of a request.
Fields request_metrics(const journal::AttemptMetrics& metrics);

/// What GetDetails tells of a session.
Fields session_details(const Session& session, const journal::EventRange& events, EventNumber acknowledged,
                       bool is_attached);

}  // namespace haul::control

#pragma once

#include "control/session_book.hpp"
#include "control/task_life.hpp"
#include "journal/events.hpp"
#include "journal/metrics.hpp"
#include "model/field.hpp"
#include "model/reply.hpp"

namespace haul::control {

/// What GetDetails tells of a task; secrets are redacted, and a key without a value is absent.
Fields task_details(const model::Task& task, const TaskLife& life, Gatekeeper& gatekeeper, WallTime now);

/// What it tells besides of an upload that was answered.
Fields reply_details(const model::Reply& reply);

/// What GetMetrics tells of a request.
Fields request_metrics(const journal::AttemptMetrics& metrics);

/// What GetDetails tells of a session.
struct SessionView {
    const Session& session;
    journal::EventRange events;
    EventNumber acknowledged;
    bool is_attached = false;
    model::Wake wake;
    model::WakeRow wake_row;
};
Fields session_details(const SessionView& view);

}  // namespace haul::control

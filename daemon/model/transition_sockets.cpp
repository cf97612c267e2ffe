// What happens to WebSockets: they open, close and open again.

#include "model/limits.hpp"
#include "model/news.hpp"
#include "model/socket.hpp"
#include "model/stepper.hpp"
#include "model/text.hpp"

namespace haul::model {

Result<> Stepper::on(const fact::Opened& fact) {
    if (task().state != TaskState::Running) return {};
    Entity entity;
    entity.status = fact.status;
    entity.final_url = fact.final_url;
    take(entity);
    task().socket.is_open = true;
    task().socket.subprotocol = fact.subprotocol;
    task().told_unreachable = false;
    task().error_text.clear();
    step_.news.push_back({EventType::Opened, opened_details(task())});
    return {};
}

Result<> Stepper::on(const fact::Goodbye& fact) {
    if (is_terminal(task().state)) return {};
    task().socket.goodbye_code = fact.code;
    task().socket.goodbye_reason = fact.reason;
    step_.effects.push_back(Effect::AnswerGoodbye);
    return {};
}

Result<> Stepper::on(const fact::Closed& fact) {
    if (is_terminal(task().state)) return {};
    note_closed(fact);
    if (task().state != TaskState::Running) return {};
    task().error_text =
        shorten(fact.text.empty() ? closing_text(fact.code, fact.reason) : fact.text, kMaxErrorText);
    task().failures = fact.was_steady ? 1 : task().failures + 1;
    bool is_final = around_.final_codes.contains(fact.code);
    bool is_goodbye =
        fact.code == close_code::kNormal ||
        (!around_.may_reconnect && (fact.code == close_code::kGoingAway || fact.code == close_code::kNone));
    if ((task().socket.is_closing() && !around_.has_queue) ||
        (is_goodbye && (is_final || !around_.may_reconnect))) {
        task().error_text.clear();
        end(TaskState::Finished, Reason::None);
    } else if (is_final || !around_.may_reconnect) {
        end(TaskState::Failed, reason_of(fact.code));
    } else {
        retry(reason_of(fact.code), backoff());
    }
    return {};
}

/// The client wants to say goodbye: to a peer that is there, or after what it still has to be sent.
Result<> Stepper::on(const fact::Close& fact) {
    if (is_beyond_recall()) return refuse("close");
    task().socket.closing_code = fact.code;
    task().socket.closing_reason = fact.reason;
    if (task().state == TaskState::Running && (task().socket.is_open || fact.has_queue)) {
        step_.effects.push_back(Effect::CloseSocket);
        return {};
    }
    if (fact.has_queue) return on(fact::Resume{});
    leave_running();
    task().socket.close_code = fact.code;
    task().socket.close_reason = fact.reason;
    end(TaskState::Finished, Reason::None);
    return {};
}

/// A connection that was open is no more.
void Stepper::note_closed(const fact::Closed& fact) {
    if (!std::exchange(task().socket.is_open, false)) return;
    task().socket.goodbye_code = 0;
    task().socket.goodbye_reason.clear();
    task().socket.close_code = fact.code;
    task().socket.close_reason = fact.reason;
    step_.news.push_back({EventType::Closed, closed_details(task(), fact)});
}

}  // namespace haul::model

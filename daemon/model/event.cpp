#include "model/event.hpp"

namespace haul::model {

std::string_view to_word(EventType type) {
    switch (type) {
        case EventType::FinishedDownloading:
            return "finished-downloading";
        case EventType::Completed:
            return "completed";
        case EventType::Failed:
            return "failed";
        case EventType::Cancelled:
            return "cancelled";
        case EventType::ResumedFromZero:
            return "resumed-from-zero";
        case EventType::Waiting:
            return "waiting";
        case EventType::Redirected:
            return "redirected";
        case EventType::CredentialsNeeded:
            return "credentials-needed";
        case EventType::AboutToStart:
            return "about-to-start";
        case EventType::Opened:
            return "opened";
        case EventType::Message:
            return "message";
        case EventType::MessagesDropped:
            return "messages-dropped";
        case EventType::Sent:
            return "sent";
        case EventType::Closed:
            return "closed";
    }
    return "";
}

}  // namespace haul::model

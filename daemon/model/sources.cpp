#include "model/sources.hpp"

namespace haul::model {
namespace {

bool is_dead(const Task& task, std::uint32_t source) {
    return ((task.dead_sources >> source) & 1U) != 0;
}

}  // namespace

bool is_fault_of_source(Reason reason) {
    switch (reason) {
        case Reason::HttpStatus:
        case Reason::Redirect:
        case Reason::Protocol:
        case Reason::Incomplete:
        case Reason::Connection:
        case Reason::Tls:
        case Reason::Timeout:
        case Reason::Encoding:
        case Reason::Credentials:
        case Reason::Changed:
        case Reason::Checksum:
            return true;
        case Reason::None:
        case Reason::Deadline:
        case Reason::Limit:
        case Reason::Destination:
        case Reason::Client:
        case Reason::NotModified:
        case Reason::Source:
        case Reason::Rejected:
        case Reason::Session:
        case Reason::Predecessor:
            return false;
    }
    return false;
}

bool turn_to_next_source(Task& task, std::uint32_t sources, Source state) {
    if (state == Source::Dead) task.dead_sources |= std::uint64_t{1} << task.source;
    ++task.sources_tried;
    std::uint32_t alive = 0;
    for (std::uint32_t source = 0; source < sources; ++source)
        if (!is_dead(task, source)) ++alive;
    if (alive == 0) return false;
    do {
        task.source = (task.source + 1) % sources;
    } while (is_dead(task, task.source));
    if (state == Source::Dead || task.sources_tried < alive) return true;
    task.sources_tried = 0;
    return false;
}

}  // namespace haul::model

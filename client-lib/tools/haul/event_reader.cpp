#include "event_reader.hpp"

#include <iomanip>
#include <iostream>

#include "json.hpp"
#include "sentences.hpp"
#include "terminal_text.hpp"
#include "units.hpp"

namespace haul::cli {

EventReader::EventReader(const Console& console, const SessionHandle& session, Afterwards afterwards)
    : console_(console), session_(session), afterwards_(afterwards) {}

Result<void> EventReader::print_waiting() {
    while (true) {
        const auto page = session_.events({.after = last_});
        if (!page) return tl::unexpected(page.error());
        if (page->empty()) return {};
        for (const auto& event : *page) print(event);
        if (auto written = console_.flush(); !written) return written;
        last_ = page->back().number;
        if (afterwards_ == Afterwards::Keep) continue;
        if (auto done = session_.acknowledge(last_); !done) return done;
    }
}

void EventReader::print(const Event& event) const {
    if (console_.output() == Output::Json) {
        std::cout << to_line(to_json(event)) << '\n';
        return;
    }
    std::cout << std::right << std::setw(8) << event.number.number << "  " << format_time(event.time)
              << "  task " << std::left << std::setw(6) << event.task.number << "  " << printable(event.type);
    if (const auto summary = summary_of(event); !summary.empty()) std::cout << ": " << printable(summary);
    std::cout << '\n';
}

}  // namespace haul::cli

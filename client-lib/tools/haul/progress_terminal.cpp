#include "progress_terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "progress_meter.hpp"
#include "sentences.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

constexpr std::size_t kUsualWidth = 80;
constexpr const char* kClearLine = "\r\x1b[K";

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return kUsualWidth;
}

}  // namespace

bool is_moving_terminal() {
    const char* terminal = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && terminal && *terminal && std::string_view(terminal) != "dumb";
}

void TerminalProgress::show(const std::vector<Progress>& pending, std::size_t ended, Moment now) {
    // One column stays free: writing into the last one makes some terminals wrap.
    line_ = terminal_line(meter_of(pending, ended, now.wall), terminal_width() - 1);
    std::cerr << kClearLine + line_ << std::flush;
}

void TerminalProgress::show_end(const Progress& task) {
    // Where other tasks remain the line comes back with the next report.
    close();
    note(ending(task.details));
}

void TerminalProgress::show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) {
    close();
    note(question(task, challenge));
}

void TerminalProgress::note(std::string_view text) {
    const auto* const cleared = line_.empty() ? "" : kClearLine;
    std::cerr << cleared + ("haul: " + printable(text)) + "\n" + line_ << std::flush;
}

void TerminalProgress::close() {
    if (!line_.empty()) std::cerr << kClearLine << std::flush;
    line_.clear();
}

}  // namespace haul::cli

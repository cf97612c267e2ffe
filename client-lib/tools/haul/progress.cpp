#include "progress.hpp"

#include "progress_json.hpp"
#include "progress_lines.hpp"
#include "progress_quiet.hpp"
#include "progress_terminal.hpp"

namespace haul::cli {

std::unique_ptr<ProgressView> make_progress_view(const Console& console, Verbosity verbosity) {
    if (console.output() == Output::Json) return std::make_unique<JsonProgress>();
    if (verbosity == Verbosity::Quiet) return std::make_unique<QuietProgress>();
    if (is_moving_terminal()) return std::make_unique<TerminalProgress>();
    return std::make_unique<LineProgress>();
}

}  // namespace haul::cli

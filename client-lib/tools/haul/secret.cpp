#include "secret.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iostream>

#include "haul/file.hpp"

namespace haul::cli {

namespace {

constexpr std::size_t kLongestSecret = 8 * 1024;

/// The terminal shows nothing of what is typed while this lives.
class SilentTerminal {
public:
    SilentTerminal() {
        if (::tcgetattr(STDIN_FILENO, &old_) != 0) return;
        auto silent = old_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~SilentTerminal() {
        if (!is_changed_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &old_);
        std::cerr << '\n' << std::flush;
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

private:
    termios old_{};
    bool is_changed_ = false;
};

/// Up to the end of the line, read byte by byte: what follows it belongs to others. Nothing where the
/// input ended before anything came, where it was interrupted, and where the line is too long.
std::optional<std::string> read_line(int descriptor) {
    std::string line;
    while (line.size() <= kLongestSecret) {
        char byte = 0;
        const auto length = ::read(descriptor, &byte, 1);
        if (length < 0 || (length == 0 && line.empty())) return std::nullopt;
        if (length == 0 || byte == '\n') {
            if (line.ends_with('\r')) line.pop_back();
            return line;
        }
        line += byte;
    }
    return std::nullopt;
}

tl::unexpected<Error> refuse_file(std::string message) {
    return tl::unexpected(
        Error{.code = ErrorCode::InvalidArgument, .message = std::move(message), .name = {}});
}

}  // namespace

bool can_ask() {
    return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

std::optional<std::string> ask(const std::string& prompt, Echo echo) {
    // Silent before it asks: whoever sees the prompt may type.
    std::optional<SilentTerminal> silence;
    if (echo == Echo::Off) silence.emplace();
    std::cerr << prompt << std::flush;
    return read_line(STDIN_FILENO);
}

Result<std::string> read_secret(const std::filesystem::path& path) {
    const bool is_input = path == "-";
    const auto name = is_input ? std::string("standard input") : path.string();
    const File file(is_input ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!is_input && file.get() < 0) return refuse_file("cannot read " + name + ": " + std::strerror(errno));
    const auto line = read_line(is_input ? STDIN_FILENO : file.get());
    if (!line || line->empty()) {
        return refuse_file("there is no secret in the first line of " + name +
                           "; it holds the password or token, at most 8 KiB of it");
    }
    return *line;
}

}  // namespace haul::cli

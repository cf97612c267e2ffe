"""Who may include whom: the arrows between the daemon's rooms."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional

# What each room may include beside itself and the standard library: rooms,
# single headers of rooms, and libraries. Arrows point downward only.
MAILBOX = "loop/mailbox.hpp"
ARROWS = {
    "base": ["fmt", "spdlog", "libcrypto"],
    "model": ["base", "nlohmann-json"],
    "ports": ["base", "model"],
    "loop": ["base", "ports", "sd-event"],
    "journal": ["base", "model", "SQLite"],
    "storage": ["base", "model", MAILBOX],
    "engine": ["base", "model", "ports", MAILBOX, "storage", "libcurl", "libssl", "zlib"],
    "websocket": ["base", "model", "ports", MAILBOX, "engine", "libcurl", "zlib"],
    "conditions": ["base", "model", "ports", "loop", "sd-bus"],
    "relaunch": ["base", "model", "ports", "journal"],
    "control": ["base", "model", "ports", "journal", "relaunch"],
    "bus": ["base", "model", "ports", "loop", "control", "sdbus-c++", "sd-bus"],
}

# The headers of each library, as regular expressions on what stands between
# the brackets or quotes. A third-party header that fits none is an error.
LIBRARIES = {
    "fmt": r"fmt/.*",
    "spdlog": r"spdlog/.*",
    "sd-event": r"systemd/sd-(event|daemon)\.h",
    "sd-bus": r"systemd/sd-bus\.h",
    "SQLite": r"sqlite3\.h",
    "libcurl": r"curl/.*",
    "libcrypto": r"openssl/(crypto|evp|hmac|rand)\.h",
    "libssl": r"openssl/(err|pem|ssl|x509|x509_vfy|x509v3)\.h",
    "zlib": r"zlib\.h",
    "sdbus-c++": r"(sdbus-c\+\+|proto)/.*",
    "nlohmann-json": r"nlohmann/.*",
    "CLI11": r"CLI/.*",
    "toml++": r"toml\+\+/.*|toml\.hpp",
}

# What lies in daemon/ itself builds the house and may include everything.
TOP = "main, daemon"
ARROWS[TOP] = [*ARROWS, *LIBRARIES]

# Open to every room: C++'s own headers, which have no suffix, with what stands in
# for std::expected; and those of the C library and the kernel.
_SYSTEM = re.compile(r"[a-z_]+|tl/expected\.hpp|(sys|linux|net|netinet|arpa)/\w+\.h|"
                     r"(dirent|endian|fcntl|grp|ifaddrs|malloc|netdb|poll|pthread|pwd|sched|signal|sysexits|syslog|time|unistd)\.h")
_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


@dataclass(frozen=True)
class Breach:
    """An include that no arrow allows. Prints as FILE:LINE: what and why."""

    file: Path
    line: int
    header: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: includes {self.header}: {self.why}"


def breaches(daemon: Path) -> Iterator[Breach]:
    """Every breach in the sources under `daemon`, by file and line."""
    for file in sorted(daemon.rglob("*")):
        if file.suffix not in (".cpp", ".hpp", ".h"):
            continue
        inside = file.relative_to(daemon)
        room = inside.parts[0] if len(inside.parts) > 1 else TOP
        for number, text in enumerate(file.read_text().splitlines(), 1):
            include = _INCLUDE.match(text)
            if include and (why := _forbidden(room, include[1], daemon)):
                yield Breach(inside, number, include[1], why)


def _forbidden(room: str, header: str, daemon: Path) -> Optional[str]:
    """Why a room may not include a header; None where it may."""
    if room not in ARROWS:
        return f"the room {room} has no row in the table of arrows"
    if _SYSTEM.fullmatch(header):
        return None
    library = next((name for name, pattern in LIBRARIES.items() if re.fullmatch(pattern, header)), None)
    if library:
        return None if library in ARROWS[room] else f"{room} may not use {library}"
    target = header.partition("/")[0] if "/" in header else TOP
    if not (daemon / header).is_file():
        return "neither a file of daemon/ nor a library of the table; rooms are named, as in \"model/task.hpp\""
    if target == room or target in ARROWS[room] or header in ARROWS[room]:
        return None
    return f"no arrow runs from {room} to {target}"

"""The daemon's includes run along the arrows; and the lint sees one that does not."""

from pathlib import Path

import pytest

from lint.arrows import ARROWS, TOP, breaches

DAEMON = Path(__file__).resolve().parents[2] / "daemon"


def test_includes_run_along_the_arrows():
    assert [str(breach) for breach in breaches(DAEMON)] == []


def test_arrows_have_no_circle():
    rooms = [room for room in ARROWS if room != TOP]
    settled = set()
    while rooms:
        free = [room for room in rooms if not (set(ARROWS[room]) & set(ARROWS)) - settled]
        assert free, f"each of these needs another: {rooms}"
        settled.update(free)
        rooms = [room for room in rooms if room not in free]


@pytest.fixture
def house(tmp_path):
    """house(room/file=text): a daemon/ with these files beside one header in each of some rooms."""
    for header in ("base/log.hpp", "model/task.hpp", "loop/mailbox.hpp", "loop/timer.hpp", "journal/tasks.hpp",
                   "control/core.hpp", "daemon.hpp"):
        write(tmp_path, header, "#pragma once\n")

    def build(file, text):
        write(tmp_path, file, text)
        return [str(breach) for breach in breaches(tmp_path)]
    return build


def write(daemon, file, text):
    (daemon / file).parent.mkdir(exist_ok=True)
    (daemon / file).write_text(text)


@pytest.mark.parametrize("file, include", [
    ("control/queue.cpp", '"journal/tasks.hpp"'),
    ("control/queue.cpp", '"control/core.hpp"'),
    ("engine/worker.cpp", '"loop/mailbox.hpp"'),
    ("engine/worker.cpp", "<curl/curl.h>"),
    ("engine/worker.cpp", "<sys/eventfd.h>"),
    ("engine/worker.cpp", "<openssl/ssl.h>"),
    ("base/digest.cpp", "<openssl/evp.h>"),
    ("model/rule.cpp", "<optional>"),
    ("journal/file.cpp", "<sqlite3.h>"),
    ("bus/door.cpp", "<proto/Task_adaptor.h>"),
    ("main.cpp", '"journal/tasks.hpp"'),
    ("main.cpp", '"daemon.hpp"'),
    ("main.cpp", "<CLI/CLI.hpp>"),
])
def test_allows(house, file, include):
    assert house(file, f"#include {include}\n") == []


@pytest.mark.parametrize("file, include, why", [
    ("model/task.cpp", '"journal/tasks.hpp"', "no arrow runs from model to journal"),
    ("journal/tasks.cpp", '"control/core.hpp"', "no arrow runs from journal to control"),
    ("engine/worker.cpp", '"loop/timer.hpp"', "no arrow runs from engine to loop"),
    ("journal/tasks.cpp", '"loop/mailbox.hpp"', "no arrow runs from journal to loop"),
    ("control/core.cpp", "<curl/curl.h>", "control may not use libcurl"),
    ("control/core.cpp", "<sqlite3.h>", "control may not use SQLite"),
    ("control/core.cpp", "<sdbus-c++/sdbus-c++.h>", "control may not use sdbus-c++"),
    ("storage/disk.cpp", "<systemd/sd-event.h>", "storage may not use sd-event"),
    ("model/digest.cpp", "<openssl/evp.h>", "model may not use libcrypto"),
    ("base/digest.cpp", "<openssl/ssl.h>", "base may not use libssl"),
    ("model/task.cpp", '"../journal/tasks.hpp"', "neither a file"),
    ("journal/rows.cpp", '"tasks.hpp"', "neither a file"),
    ("base/log.cpp", "<boost/asio.hpp>", "neither a file"),
    ("model/task.cpp", '"daemon.hpp"', "no arrow runs from model to main, daemon"),
    ("attic/old.cpp", '"base/log.hpp"', "the room attic has no row"),
])
def test_reports(house, file, include, why):
    found = house(file, f"// the first line\n  #  include {include}\n")
    assert len(found) == 1
    assert found[0].startswith(f"{file}:2: ") and why in found[0]

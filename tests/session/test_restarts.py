"""A Session outlives the daemon and the bus, and its tasks are made once."""

import threading
import time

from harness.deadline import PATIENCE, wait_until
from harness.machine import Machine
from harness.session_probe import CONTENT, Probe, kill_daemon, url_of
from servers.behaviours import File, gated
from servers.scripted import ScriptedServer


def test_a_daemon_that_is_killed_is_found_again(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    client = machine.client()
    probe.do("attach")
    for _ in range(3):
        kill_daemon(client)
        probe.hear_download(probe.make(f"download {url_of(server)}"))


def test_a_download_goes_on_across_a_killed_daemon(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    gate = threading.Event()
    probe.do("attach")
    task = probe.make(f"download {server.serve(gated(gate, File(CONTENT))).url}")
    kill_daemon(machine.client())
    gate.set()
    probe.hear_download(task)


def test_tasks_are_made_once_while_the_daemon_is_killed(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    client = machine.client()
    url = url_of(server)
    made = threading.Event()

    def kill_again_and_again() -> None:
        while not made.wait(0.05 * PATIENCE):  # a daemon that never comes up helps nobody
            kill_daemon(client)
    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    try:
        assert probe.ask(f"many 100 {url}", "made") == {"said": "made", "tasks": 100}
    finally:
        made.set()
        killer.join()
    assert probe.ask("tasks", "tasks")["count"] == 100


def test_a_bus_that_is_restarted_is_found_again(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach")
    for _ in range(2):
        if machine.daemon.is_running:
            machine.daemon.terminate()
        machine.bus.stop()
        machine.bus.start()
        task = probe.make(f"download {url_of(server)}")
        probe.hear_download(task)


def test_a_bus_that_stays_away_is_an_error_in_the_end(machine: Machine) -> None:
    with Probe(machine, "loop", patience=1000) as probe:
        machine.daemon.terminate()
        machine.bus.stop()
        began = time.monotonic()
        assert probe.ask("tasks", "tasks")["error"] == "Disconnected"
        assert time.monotonic() - began < 10
        machine.bus.start()
        assert probe.ask("tasks", "tasks")["count"] == 0


def test_a_name_is_owned_again_on_a_bus_that_was_restarted(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    name = "org.example.Owner"
    probe.do(f"own {name}")
    for number in range(1, 3):
        client = machine.client()
        session = client.session(f"woken{number}", bus_name=name)
        session.download(url_of(server), start=True)
        assert probe.hear("wake") == {"said": "wake", "identifier": f"woken{number}", "wake": 1}
        session.acknowledge(2)
        session.complete(1)
        if machine.daemon.is_running:
            machine.daemon.terminate()
        machine.bus.stop()
        machine.bus.start()
        wait_until(lambda: machine.bus.owner_pid(name) == probe.process.pid, "the name to be owned again")


def test_a_name_that_is_taken_or_none_is_refused(machine: Machine, probe: Probe) -> None:
    assert probe.ask("own not a name")["error"] == "InvalidArgument"
    with Probe(machine, "loop", identifier="other") as other:
        other.do("own org.example.Owner")
        assert probe.ask("own org.example.Owner")["error"] == "InvalidState"

"""How much a Session asks of the bus, and how long many events take."""

import subprocess
import time

from harness.client import NAME, Session
from harness.machine import Machine
from harness.session_probe import Probe, url_of
from servers.scripted import ScriptedServer


def test_ten_thousand_events_are_delivered_soon(machine: Machine, probed: Session, probe: Probe) -> None:
    tasks = probed.create_many([("download", "http://127.0.0.1:9/", {})] * 10_000)
    for call in [task.begin("Cancel") for task in tasks]:
        probed.result(call, timeout=60)
    probe.do("quiet")
    began = time.monotonic()
    probe.send("attach")
    said = probe.hear_until("all")[-1]
    print(f"10,000 events in {time.monotonic() - began:.3f} s")
    assert said == {"said": "all", "last": 10_000, "wake": 0, "ended": 10_000}
    probe.hear("completed")
    assert probed.events() == []


def test_a_download_takes_five_calls(machine: Machine, server: ScriptedServer) -> None:
    """Everything that goes over the bus from the session's opening to its end, in order."""
    monitor = machine.family.spawn(["dbus-monitor", "--profile", "--address", machine.bus.address],
                                   stdout=subprocess.PIPE, text=True)
    calls = []
    try:
        for line in monitor.stdout:
            if "NameLost" in line:  # its own: from now on it hears everything
                break
        with Probe(machine, "loop") as probe:
            probe.do("attach")
            probe.hear_download(probe.make(f"download {url_of(server)}"))
            probe.do("detach")
        while calls[-1:] != ["Detach"]:
            kind, *fields = monitor.stdout.readline().rstrip("\n").split("\t")
            if kind == "mc" and fields[3] == NAME:
                calls.append(fields[6])
    finally:
        monitor.kill()
        monitor.wait()
        monitor.stdout.close()
    assert calls == ["OpenSession", "Attach", "CreateDownload", "GetEvents", "Acknowledge", "Detach"]

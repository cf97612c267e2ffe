"""What a running process has used, from /proc (see proc(5))."""

import os
import pathlib

_ESTABLISHED = "01"
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all threads, those that have ended too."""
    after_name = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS_PER_SECOND


def resident_mib(pid):
    """Resident memory in MiB."""
    return _status(pathlib.Path(f"/proc/{pid}"))["VmRSS"] / 1024


def peak_mib(pid):
    """The most resident memory that it ever had, in MiB."""
    return _status(pathlib.Path(f"/proc/{pid}"))["VmHWM"] / 1024


def connections_to(port):
    """Established TCP connections of this machine to a port of 127.0.0.1."""
    remote = f"0100007F:{port:04X}"
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(fields[2:4] == [remote, _ESTABLISHED] for fields in map(str.split, lines))


def context_switches(pid):
    """Voluntary and involuntary switches of every thread: {thread id: switches}."""
    threads = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        status = _status(task)
        threads[int(task.name)] = status["voluntary_ctxt_switches"] + status["nonvoluntary_ctxt_switches"]
    return threads


def wake_ups(pid):
    """Voluntary switches of every thread: {thread id: how often it has slept}."""
    threads = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return {int(task.name): _status(task)["voluntary_ctxt_switches"] for task in threads}


def _status(directory):
    fields = {}
    for line in (directory / "status").read_text().splitlines():
        key, _, value = line.partition(":")
        first = value.split()[:1]
        if first and first[0].isdigit():
            fields[key] = int(first[0])
    return fields

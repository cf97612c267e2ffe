"""A program over the WebSockets of libhaul's Session that does what it is told, and what it says."""

from .daemon import binary_directory
from .machine import Machine
from .session_probe import Probe


class SocketProbe(Probe):
    """Runs haul_socket_probe while `with` lasts."""

    def __init__(self, machine: Machine, identifier: str = "probed") -> None:
        self._start(machine, [binary_directory() / "haul_socket_probe", machine.bus.address, identifier])

    def fails(self, command: str) -> str:
        """The code of the error that a command comes to."""
        return self.ask(command)["error"]

    def told(self) -> dict:
        """The next event that its delegate is told."""
        return self.hear("told")["event"]

    def read(self) -> dict:
        """The next event of its stream, which says that the one before is handled."""
        self.send("read")
        return self.hear("read")["event"]

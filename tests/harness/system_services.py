"""The machine's services as mocks (python3-dbusmock) on the private system bus."""

import json
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Mapping, Optional

from .connection import Connection
from .deadline import wait_until
from .machine import Machine

Variants = Mapping[str, tuple[str, Any]]  # as on the bus: a signature and a value each

_MOCK = "org.freedesktop.DBus.Mock"


@dataclass(frozen=True)
class Kind:
    """A service as it is known on every machine."""

    name: str
    path: str
    interface: str
    template: str = ""                  # of dbusmock's, or a file
    parameters: Optional[dict] = None   # for the template
    objects: bool = False               # whether it is an ObjectManager


NETWORK_MANAGER = Kind("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager",
                       str(Path(__file__).parent / "mocks/network_manager.py"))
MODEM_MANAGER = Kind("org.freedesktop.ModemManager1", "/org/freedesktop/ModemManager1", "org.freedesktop.ModemManager1",
                     objects=True)
UPOWER = Kind("org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower", "upower")
POWER_PROFILES = Kind("net.hadess.PowerProfiles", "/net/hadess/PowerProfiles", "net.hadess.PowerProfiles",
                      "power_profiles_daemon")
NEW_POWER_PROFILES = Kind("org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles",
                          "org.freedesktop.UPower.PowerProfiles")
LOGIND = Kind("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "logind")
KINDS = (NETWORK_MANAGER, MODEM_MANAGER, UPOWER, POWER_PROFILES, NEW_POWER_PROFILES, LOGIND)

# logind's inhibitors as Haul takes them: what, who, why, mode.
DELAY = ("sleep", "Haul", "Finishing writes to disk", "delay")
BLOCK = ("sleep", "Haul", "Transferring files", "block")

NETWORK_DEVICE = "org.freedesktop.NetworkManager.Device"

DISPLAY_DEVICE = "/org/freedesktop/UPower/devices/DisplayDevice"
BATTERY = "org.freedesktop.UPower.Device"


class Mock:
    """One of these services while it runs."""

    def __init__(self, machine: Machine, kind: Kind) -> None:
        self.kind = kind
        self._connection = machine.system_bus.connect()
        argv = ["/usr/bin/python3", "-m", "dbusmock", "--system"]
        if kind.objects:
            argv.append("--is-object-manager")
        if kind.template:
            argv += ["--template", kind.template, "--parameters", json.dumps(kind.parameters or {})]
        else:
            argv += [kind.name, kind.path, kind.interface]
        self._process = machine.family.spawn(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: machine.system_bus.owner_pid(kind.name) == self._process.pid, f"the mock of {kind.name}", 20)

    @property
    def unique_name(self) -> str:
        return self._connection.owner_of(self.kind.name)

    def stop(self) -> None:
        """It vanishes from the bus."""
        self._connection.close()
        self._process.kill()
        self._process.wait(10)

    def freeze(self) -> None:
        """It answers no more, and is still there."""
        self._process.send_signal(signal.SIGSTOP)

    def mock(self, member: str, signature: str, *arguments: Any, path: str = "") -> tuple:
        """Calls one of dbusmock's own members."""
        return self._connection.call(self.kind.name, path or self.kind.path, _MOCK, member, signature, *arguments)

    def call(self, member: str, signature: str = "", *arguments: Any) -> tuple:
        return self._connection.call(self.kind.name, self.kind.path, self.kind.interface, member, signature, *arguments)

    def has(self, properties: Variants, path: str = "", interface: str = "") -> None:
        """Adds properties, without a signal."""
        self.mock("AddProperties", "sa{sv}", interface or self.kind.interface, properties, path=path)

    def set(self, properties: Variants, path: str = "", interface: str = "") -> None:
        """Changes properties, with PropertiesChanged; paths each with a signal of its own, as dbusmock knows no better."""
        rest = {name: value for name, value in properties.items() if value[0] != "o"}
        for name in properties.keys() - rest.keys():
            self._connection.call(self.kind.name, path or self.kind.path, "org.freedesktop.DBus.Properties", "Set", "ssv",
                                  interface or self.kind.interface, name, properties[name])
        self.mock("UpdateProperties", "sa{sv}", interface or self.kind.interface, rest, path=path)

    def add_object(self, path: str, interface: str, properties: Variants) -> None:
        self.mock("AddObject", "ssa{sv}a(ssss)", path, interface, properties, [])

    def emit(self, member: str, signature: str, *arguments: tuple[str, Any], path: str = "", interface: str = "") -> None:
        """A signal to everybody."""
        self.mock("EmitSignal", "sssav", interface or self.kind.interface, member, signature, list(arguments), path=path)


    def send(self, receiver: str, path: str, interface: str, member: str, signature: str, *arguments: tuple[str, Any]) -> None:
        """A signal to one receiver alone, with whatever content."""
        self.mock("EmitSignalDetailed", "sssava{sv}", interface, member, signature, list(arguments),
                  {"destination": ("s", receiver), "path": ("o", path)})


class SystemServices:
    """Starts mocks on a machine's system bus, and ends them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._mocks: list[Mock] = []

    def start(self, kind: Kind) -> Mock:
        mock = Mock(self._machine, kind)
        self._mocks.append(mock)
        return mock

    def network_manager(self, **properties: Any) -> Mock:
        """Connected by an ethernet that costs nothing, but for what is given, and so from its first moment on.

        `devices` are the interfaces that it knows, and whether it manages them.
        """
        return self.start(replace(NETWORK_MANAGER, parameters=properties))

    def stop(self) -> None:
        for mock in self._mocks:
            mock.stop()


def device_path(interface: str) -> str:
    """Of NetworkManager's object."""
    return f"{NETWORK_MANAGER.path}/Devices/{interface}"


def prepare_for_sleep(logind: Mock, is_going: bool) -> None:
    """The machine goes to sleep, or is awake again."""
    logind.set({"PreparingForSleep": ("b", is_going)})
    logind.emit("PrepareForSleep", "b", ("b", is_going))

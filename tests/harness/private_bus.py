"""A dbus-daemon of one's own, reachable for every user of the machine, gone after the test."""

import signal
import subprocess
from pathlib import Path
from typing import Optional, Sequence

from .connection import Connection
from .deadline import wait_until
from .family import Family

# A session bus that lets other users in (the tests need a second owner), with
# the session bus's generous limits.
_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
  <limit name="max_completed_connections">10000</limit>
  <limit name="max_connections_per_user">10000</limit>
  <limit name="max_match_rules_per_connection">50000</limit>
  <limit name="max_replies_per_connection">50000</limit>
  <limit name="service_start_timeout">30000</limit>
</busconfig>
"""


class PrivateBus:
    """Owns the dbus-daemon and its socket in `directory`."""

    def __init__(self, directory: Path, family: Family) -> None:
        self._family = family
        self._socket = directory / "bus"
        self._log = directory / "bus.log"
        self._services = directory / "services"
        self._services.mkdir()
        self._configuration = directory / "bus.conf"
        self._configuration.write_text(_CONFIGURATION.format(socket=self._socket, services=self._services))
        self._process: Optional[subprocess.Popen] = None
        self._watcher: Optional[Connection] = None

    @property
    def address(self) -> str:
        return f"unix:path={self._socket}"

    def activatable(self, name: str, argv: Sequence[str]) -> None:
        """Makes `name` start `argv` when somebody calls it. To be said before start()."""
        command = " ".join(str(word) for word in argv)
        (self._services / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec={command}\n")

    def start(self) -> None:
        """Returns when the bus accepts connections."""
        with self._log.open("wb") as log:
            self._process = self._family.spawn(
                ["dbus-daemon", f"--config-file={self._configuration}", "--nofork", "--nopidfile", "--nosyslog"],
                stdout=log, stderr=log)
        wait_until(self._socket.exists, "the private bus's socket", interval=0.002)
        self._watcher = wait_until(self._try_connect, "the private bus to accept connections")

    def connect(self) -> Connection:
        return Connection(self.address)

    def owner_pid(self, name: str) -> Optional[int]:
        """Process id of the owner of `name`, None where nobody owns it."""
        assert self._watcher
        return self._watcher.pid_of(name)

    def unique_name_of(self, pid: int) -> str:
        """The name of a process's only connection."""
        assert self._watcher
        name, = (name for name in self._watcher.names() if name.startswith(":") and self.owner_pid(name) == pid)
        return name

    def freeze(self) -> None:
        """It takes connections and answers nobody, until stop()."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """Ends the bus. Harmless when it has ended."""
        if self._watcher:
            self._watcher.close()
            self._watcher = None
        if self._process:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)
            self._process.wait(10)
            self._process = None

    def _try_connect(self) -> Optional[Connection]:
        try:
            return self.connect()
        except OSError:
            return None

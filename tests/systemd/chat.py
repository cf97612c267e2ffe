"""An application with a chat on the booted machine, and the server that it talks to."""

from servers.rooms import Rooms

from systemd.booted_machine import BootedMachine
from systemd.user import User
from systemd.woken import QUICK, WokenApp


class InnerRooms(Rooms):
    """python3-websockets on the machine's loopback, in a thread of this process."""

    def __init__(self, machine: BootedMachine) -> None:
        super().__init__()
        self._machine = machine

    def _run(self) -> None:
        self._machine.enter_network()
        super()._run()


class ChatApp(WokenApp):
    """chat_app.py in the place of the example."""

    def __init__(self, machine: BootedMachine, user: User) -> None:
        super().__init__(machine, user, 'idle-exit = "1s"\n' + QUICK)
        self.install_command("/usr/local/bin/chat_app.py")

    def connect(self, url: str) -> None:
        """Opens a WebSocket as a person does; the application exits."""
        self.user.run("chat_app.py", url)

    @property
    def answered(self) -> list[str]:
        """The messages that it has answered."""
        return [" ".join(line[3:]) for line in self.lines("answered")]

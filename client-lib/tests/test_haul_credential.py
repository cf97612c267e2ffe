"""Downloads that are asked who they are: haul get --user, haul credential, the question on a terminal, exit status 6."""

import base64
import json
import os
import pty
import signal
import subprocess
import termios

import pytest

from harness.client import Client
from harness.deadline import PATIENCE, wait_until
from harness.fixtures import other_server  # noqa: F401
from harness.machine import Machine
from servers.behaviours import Behaviour, File, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer

SMALL = Content(7, 300_000)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def guarded(*right: str, challenge: str = 'Basic realm="staff"', field: str = "Authorization") -> Behaviour:
    """The file for whoever brings one of these values, and the challenge for all others."""
    code, name = (401, "WWW-Authenticate") if field == "Authorization" else (407, "Proxy-Authenticate")
    refusal = status(code, (name, challenge))

    async def answer(exchange: Exchange) -> None:
        await (File(SMALL) if exchange.request.header(field) in right else refusal)(exchange)
    return answer


@pytest.fixture
def password(machine: Machine) -> str:
    """The path of a file with the password."""
    path = machine.directory / "password"
    path.write_text("open sesame\nnot this line\n")
    return str(path)


def test_a_user_with_a_password_file(haul, machine: Machine, server: ScriptedServer, password: str) -> None:
    resource = server.serve(guarded(basic("me", "open sesame")))
    ended = haul("get", "--user", "me", "--password-file", password, resource.url)
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / "file")
    assert "open sesame" not in machine.daemon.log


def test_the_password_may_come_from_standard_input(haul, machine: Machine, server: ScriptedServer) -> None:
    urls = [server.serve(guarded(basic("me", "pw")), name=f"f{number}").url for number in range(2)]
    running = haul.start("get", "-u", "me", "--password-file=-", *urls, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    _, said = running.communicate("pw\n", timeout=60 * PATIENCE)
    assert running.returncode == 0, said
    for number in range(2):
        SMALL.check(machine.downloads / f"f{number}")


def test_a_password_on_the_line_is_understood(haul, server: ScriptedServer) -> None:
    assert haul("get", "-u", "me:p:w", server.serve(guarded(basic("me", "p:w"))).url).returncode == 0


def test_a_token(haul, server: ScriptedServer, password: str) -> None:
    resource = server.serve(guarded("Bearer open sesame", challenge='Bearer realm="api"'))
    assert haul("get", "--scheme=bearer", "--password-file", password, resource.url).returncode == 0


def test_a_proxy_that_asks(haul, machine: Machine, other_server: ScriptedServer, password: str) -> None:
    resource = other_server.serve(guarded(basic("me", "open sesame"), field="Proxy-Authorization"))
    path = resource.url.removeprefix(other_server.origin)
    ended = haul("get", "--proxy", other_server.origin, "--scheme=proxy-basic", "-u", "me", "--password-file", password,
                 f"http://nowhere.invalid{path}")
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / "file")


@pytest.mark.parametrize("arguments, says", [
    (["-u", "me"], "--password-file"), (["-u", "me", "--password-file=/nonexistent"], "No such file"),
    (["-u", "me", "--password-file=/dev/null"], "no secret"), (["--password-file=/etc/hostname"], "--user"),
    (["-u", "me:pw", "--password-file=/etc/hostname"], "--password-file"),
])
def test_a_password_that_cannot_be_had_is_told(haul, client: Client, arguments: list[str], says: str) -> None:
    ended = haul("get", *arguments, "http://127.0.0.1:9/")
    assert ended.returncode == 2
    assert says in ended.stderr, ended.stderr
    assert client.session("default").tasks() == []


def test_nobody_to_ask_is_six_and_the_task_goes_on_waiting(haul, machine: Machine, client: Client, server: ScriptedServer,
                                                           password: str) -> None:
    resource = server.serve(guarded(basic("me", "open sesame")))
    other = server.serve(File(SMALL), name="other")
    ended = haul("get", resource.url, other.url)
    assert ended.returncode == 6, ended.stderr
    SMALL.check(machine.downloads / "other")
    task, = client.session("default").tasks()
    assert task.state == "waiting" and client.task(task.id).blocked_by == ["credentials"]
    assert f"haul --bus='{machine.bus.address}' credential {task.id} --user NAME" in ended.stderr
    assert 'asks for basic, realm "staff"' in ended.stderr
    assert "waits for credentials" in haul("show", task.id).stdout

    assert haul("credential", task.id, "-u", "me", "--password-file", password).returncode == 0
    assert haul("wait", task.id).returncode == 0
    SMALL.check(machine.downloads / "file")


def test_json_tells_of_the_challenge(haul, server: ScriptedServer) -> None:
    url = server.serve(guarded("none", challenge='Digest realm="r", nonce="n", qop="auth"')).url
    ended = haul("--json", "get", url)
    assert ended.returncode == 6
    told, = [line for line in map(json.loads, ended.stdout.splitlines()) if line["type"] == "credentials-needed"]
    assert (told["schemes"], told["realm"], told["proxy"], told["status"]) == (["digest"], "r", False, 401)


def test_a_failure_is_worse_than_a_question(haul, server: ScriptedServer) -> None:
    assert haul("get", "-o", "./", server.serve(guarded("none")).url, server.serve(status(404)).url).returncode == 1


def test_a_task_that_waits_for_nothing_is_refused(haul, session, server: ScriptedServer, password: str) -> None:
    task = session.download(server.serve(File(SMALL)).url, start=True)
    task.wait()
    refused = haul("credential", task.id, "-u", "me", "--password-file", password)
    assert refused.returncode == 5 and f"task {task.id}" in refused.stderr
    assert haul("credential", 4711, "-u", "me", "--password-file", password).returncode == 4


class Terminal:
    """haul in front of somebody who types."""

    def __init__(self, haul, *arguments: object) -> None:
        self.master, slave = pty.openpty()
        self.process = haul.machine.family.spawn(haul.argv(*arguments), {"TERM": "xterm"}, cwd=haul.machine.downloads,
                                                 stdin=slave, stderr=slave)
        os.close(slave)
        self.shown = ""

    def expect(self, text: str) -> None:
        """Until this is on the screen, behind what was expected before."""
        wait_until(lambda: self._read() and text in self.shown, f"{text!r} on the terminal")
        self.shown = self.shown.partition(text)[2]

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def end(self) -> int:
        code = self.process.wait(30 * PATIENCE)
        os.close(self.master)
        return code

    def _read(self) -> bool:
        os.set_blocking(self.master, False)
        try:
            self.shown += os.read(self.master, 65536).decode(errors="replace")
        except OSError:  # nothing there now, or nobody any more
            pass
        return True


def test_a_terminal_is_asked_until_it_is_right(haul, machine: Machine, server: ScriptedServer) -> None:
    terminal = Terminal(haul, "get", server.serve(guarded(basic("me", "right"))).url)
    terminal.expect('realm "staff"')
    terminal.expect("User: ")
    terminal.type("me")
    terminal.expect("Password of me: ")
    terminal.type("wrong")
    terminal.expect("User: ")
    assert "wrong" not in terminal.shown
    terminal.type("me")
    terminal.expect("Password of me: ")
    terminal.type("right")
    terminal.expect("saved")
    assert "right" not in terminal.shown
    assert terminal.end() == 0
    SMALL.check(machine.downloads / "file")


def test_a_terminal_that_gives_no_answer_is_six(haul, client: Client, server: ScriptedServer) -> None:
    terminal = Terminal(haul, "get", server.serve(guarded("none")).url)
    terminal.expect("User: ")
    terminal.type("")
    terminal.expect("credential 1 --user NAME")
    assert terminal.end() == 6
    assert client.task(1).blocked_by == ["credentials"]


def test_an_interrupt_at_the_question_ends_it(haul, client: Client, server: ScriptedServer) -> None:
    terminal = Terminal(haul, "get", server.serve(guarded("none")).url)
    terminal.expect("User: ")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 130
    assert client.task(1).blocked_by == ["credentials"]


@pytest.mark.parametrize("arguments", [["get", "-u", "me", "http://127.0.0.1:9/"], ["credential", "1", "-u", "me"]])
def test_an_interrupt_gives_the_terminal_its_echo_back(haul, session, arguments: list[str]) -> None:
    session.download("http://127.0.0.1:9/")
    terminal = Terminal(haul, *arguments)
    terminal.expect("Password of me: ")
    assert not terminal.echoes
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(30 * PATIENCE) == 130
    assert terminal.echoes
    assert terminal.end() == 130


def test_haul_credential_asks_on_a_terminal(haul, machine: Machine, server: ScriptedServer) -> None:
    assert haul("get", server.serve(guarded("Bearer t0ken", challenge='Bearer realm="api"')).url).returncode == 6
    terminal = Terminal(haul, "credential", 1, "--scheme=bearer")
    terminal.expect('realm "api"')
    terminal.expect("Token: ")
    terminal.type("t0ken")
    assert terminal.end() == 0
    assert haul("wait", 1).returncode == 0
    SMALL.check(machine.downloads / "file")

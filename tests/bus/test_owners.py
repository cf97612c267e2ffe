"""No neighbours: to another user a session or a task does not exist, and neither does its number."""

import pytest

from bus.expect import refused, unknown_object
from harness.client import Client, Session, Task
from harness.connection import BusError
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, silent
from servers.content import Content
from servers.scripted import ScriptedServer

pytestmark = pytest.mark.root

CONTENT = Content(seed=51, size=30_000)


@pytest.fixture
def stranger(machine: Machine) -> Client:
    return machine.stranger()


@pytest.fixture
def task(session: Session, server: ScriptedServer) -> Task:
    return session.download(server.serve(silent()).url, start=True)


TASK_CALLS = [
    ("Resume", ""), ("Suspend", ""), ("Cancel", ""), ("CancelProducingResumeData", ""), ("Remove", ""),
    ("SetHeader", "ss", "X", "1"), ("SetOption", "ss", "retries", "1"), ("SetPriority", "d", 0.5),
    ("ReplaceUrl", "s", "http://127.0.0.1/"), ("ProvideCredential", "sss", "basic", "u", "s"), ("Wait", "t", 1),
    ("GetDetails", ""), ("GetMetrics", ""), ("OpenResult", ""), ("NoSuchMember", ""),
]
SESSION_CALLS = [
    ("CreateDownload", "sa{sv}", "http://127.0.0.1:9/", {}), ("CreateUpload", "ssa{sv}", "http://127.0.0.1:9/", "/x", {}),
    ("CreateWebSocket", "sasa{sv}", "ws://127.0.0.1:9/", [], {}),
    ("CreateMany", "a(ssa{sv})", [("download", "http://127.0.0.1:9/", {})]), ("Attach", ""), ("Detach", ""),
    ("GetEvents", "tu", 0, 0), ("Acknowledge", "t", 0), ("Complete", "t", 0), ("ListTasks", "stu", "", 0, 0),
    ("ListWaiting", "tu", 0, 0), ("GetDetails", ""), ("Invalidate", "b", True),
]


@pytest.mark.parametrize("call", TASK_CALLS, ids=lambda call: call[0])
def test_a_method_of_anothers_task_is_on_no_object(task: Task, stranger: Client, call: tuple) -> None:
    with unknown_object():
        stranger.task(task.id).call(*call)
    assert task.state == "running"


@pytest.mark.parametrize("call", SESSION_CALLS, ids=lambda call: call[0])
def test_a_method_of_anothers_session_is_on_no_object(session: Session, task: Task, stranger: Client, call: tuple) -> None:
    with unknown_object():
        Session(stranger.connection, session.path).call(*call)
    assert [row.id for row in session.tasks()] == [task.id]


@pytest.mark.parametrize("when", ["first", "after its owner"])
def test_a_property_of_anothers_task_is_on_no_object(task: Task, stranger: Client, when: str) -> None:
    if when == "after its owner":
        assert task.state in ("waiting", "running")
    seen = stranger.task(task.id)
    for name in ("Id", "Kind", "State", "Reason", "BlockedBy", "BytesDone", "BytesTotal"):
        with unknown_object():
            seen.get(name)
    with unknown_object():
        seen.get_all()
    assert task.get("Id") == task.id


def test_what_is_anothers_and_what_is_nothing_look_the_same(task: Task, stranger: Client) -> None:
    def error_of(call) -> tuple[str, str]:
        with pytest.raises(BusError) as raised:
            call()
        return raised.value.name, raised.value.message.replace(str(task.id), "N").replace("99999", "N")

    for make in (lambda id: stranger.task(id).details, lambda id: stranger.task(id).get_all,
                 lambda id: lambda: stranger.find_task(id)):
        assert error_of(make(task.id)) == error_of(make(99999))


def test_anothers_number_has_no_path(task: Task, stranger: Client) -> None:
    with refused("NoSuchTask", str(task.id)):
        stranger.find_task(task.id)


def test_lists_and_counts_are_the_callers_own(client: Client, task: Task, stranger: Client, server: ScriptedServer) -> None:
    assert stranger.tasks() == [] and stranger.sessions() == []
    task.wait_for(lambda t: t.state == "running", "running")
    assert stranger.get("ActiveTasks") == 0
    other = stranger.session("test").download(server.serve(File(CONTENT)).url)
    assert [row.id for row in stranger.tasks()] == [other.id]
    assert [row.id for row in client.tasks()] == [task.id]


def test_the_same_identifier_is_another_session(session: Session, stranger: Client) -> None:
    theirs = stranger.session("test")
    assert theirs != session
    with unknown_object():
        Session(session.connection, theirs.path).details()


def test_the_same_token_is_another_task(session: Session, stranger: Client, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    assert session.download(url, token="t") != stranger.session("test").download(url, token="t")


def test_introspection_of_anothers_path_shows_nothing(task: Task, session: Session, stranger: Client) -> None:
    for path in (task.path, session.path):
        try:
            text, = stranger.connection.call("org.hauld1", path, "org.freedesktop.DBus.Introspectable", "Introspect")
        except BusError as error:
            assert error.word == "UnknownObject"
        else:
            assert "org.hauld1" not in text
    for path in ("/org/hauld1", "/org/hauld1/task", "/org/hauld1/session"):
        try:
            text, = stranger.connection.call("org.hauld1", path, "org.freedesktop.DBus.Introspectable", "Introspect")
        except BusError:
            continue
        assert f'node name="{task.id}"' not in text
        assert f'node name="task/{task.id}"' not in text


def test_managed_objects_show_nobodys_tasks(task: Task, stranger: Client) -> None:
    assert task.details()
    for path in ("/", "/org/hauld1"):
        try:
            objects, = stranger.connection.call(
                "org.hauld1", path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        except BusError:
            continue
        assert not [found for found in objects if "/task/" in found or "/session/" in found]


def test_another_user_may_use_the_spool_only(machine: Machine, stranger: Client, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    machine.downloads.chmod(0o777)
    for path in (machine.downloads / "file", "/tmp/file", "/dev/shm/file"):
        with refused("DestinationDenied", "OpenResult"):
            stranger.download(url, path)
    task = stranger.download(url)
    assert task.wait() == ("finished", "")
    with task.open_result() as result:
        assert result.read() == CONTENT.read_all()
        with pytest.raises(OSError):
            result.write(b"x")


@pytest.mark.parametrize("key", ["ca-file", "client-cert", "client-key"])
def test_another_users_options_open_no_path_of_ours(machine: Machine, stranger: Client, server: ScriptedServer,
                                                    key: str) -> None:
    secret = machine.directory / "secret.pem"
    secret.write_text("nobody's business")
    secret.chmod(0o600)
    session = stranger.session("test")
    url = server.serve(File(CONTENT)).url
    with refused("NotPermitted", key):
        session.download(url, {key: secret, "start": True})
    with refused("NotPermitted", key):
        stranger.session("other", {key: secret})
    with refused("NotPermitted", key):
        session.download(url).call("SetOption", "ss", key, str(secret))
    assert "business" not in str(session.events())


def test_signals_of_a_task_reach_its_owner_alone(session: Session, stranger: Client, server: ScriptedServer) -> None:
    stranger.connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
                             "type='signal',path_namespace='/org/hauld1'")
    stranger.session("test").attach()
    session.attach()
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    session.connection.wait_signal(lambda s: s.member == "EventsAvailable", "EventsAvailable")
    stranger.connection.read_pending()
    assert [s for s in stranger.connection.signals if s.path.startswith("/org/hauld1")] == []


@pytest.mark.machine(config="[limits]\ntasks-per-owner = 3\nsessions-per-owner = 2\n")
def test_a_limit_is_each_owners_own(client: Client, stranger: Client, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    for owner in (client, stranger):
        session = owner.session("test")
        for _ in range(3):
            session.download(url)
        with refused("LimitExceeded"):
            session.download(url)


def test_an_owner_is_known_after_a_crash(machine: Machine, session: Session, task: Task, stranger: Client,
                                         server: ScriptedServer) -> None:
    theirs = stranger.session("test").download(server.serve(File(CONTENT)).url)
    machine.restart()
    wait_until(lambda: machine.client().tasks(), "the tasks")
    again = machine.stranger()
    assert [row.id for row in again.tasks()] == [theirs.id]
    assert [row.id for row in machine.client().tasks()] == [task.id]
    with unknown_object():
        again.task(task.id).get("State")

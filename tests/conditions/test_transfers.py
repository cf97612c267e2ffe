"""Transfers, and what the machine is like: held, paused with their bytes, and on again."""

import time

import pytest

from conditions.expect import wait_words
from harness.client import Client, Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from harness.network_namespace import NetworkNamespace
from harness.system_services import UPOWER, Mock, SystemServices
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept
from servers.websocket.adversary import Adversary
from uploads.expect import QUICK, taken_once
from websocket.expect import opened, wait_opened

pytestmark = pytest.mark.machine(system_bus=True)

CONTENT = Content(78, 3_000_000)
SLOW = 2_000_000.0  # bytes a second


@pytest.fixture
def manager(client: Client, services: SystemServices) -> Mock:
    running = services.network_manager()
    wait_words(client, ["online"])
    return running


def download(machine: Machine, session: Session, server: ScriptedServer, **options: object) -> Task:
    resource = server.serve(File(CONTENT, '"v1"', rate=SLOW))
    return session.download(resource.url, destination=machine.downloads / "file", start=True, **options)


METERED = {"Metered": ("u", 1)}
UNMETERED = {"Metered": ("u", 4)}


@pytest.mark.parametrize("worse, better, options, word", [
    (METERED, UNMETERED, {"allow_expensive": False}, "expensive-network"),
    ({"PrimaryConnectionType": ("s", "gsm")}, {"PrimaryConnectionType": ("s", "802-3-ethernet")}, {"allow_expensive": False},
     "expensive-network"),
    (METERED, UNMETERED, {"discretionary": True}, "expensive-network"),
    ({"Connectivity": ("u", 1)}, {"Connectivity": ("u", 4)}, {}, "network"),
    ({"Connectivity": ("u", 2)}, {"Connectivity": ("u", 4)}, {}, "network"),
], ids=["metered", "cellular", "discretionary", "offline", "captive portal"])
def test_it_is_paused_and_goes_on(machine: Machine, session: Session, server: ScriptedServer, manager: Mock, worse: dict,
                                  better: dict, options: dict, word: str) -> None:
    task = download(machine, session, server, **options)
    wait_until(lambda: task.done > 300_000, "some bytes")
    manager.set(worse)
    begun = time.monotonic()
    task.wait_for(lambda task: task.state == "waiting", "the pause")
    assert time.monotonic() - begun < 1.5, "within a second, and what a busy machine adds"
    assert task.blocked_by == [word]
    assert task.details()["why"]
    done = task.done
    assert done > 300_000
    manager.set(better)
    assert task.wait() == ("finished", "")
    CONTENT.check(machine.downloads / "file")
    assert [event.type for event in session.events()] == ["waiting", "finished-downloading", "completed"]
    assert task.details()["attempts"] == 2


def test_it_does_not_begin_where_it_may_not(machine: Machine, session: Session, server: ScriptedServer, manager: Mock,
                                            client: Client) -> None:
    manager.set(METERED)
    wait_words(client, ["online", "expensive", "metered"])
    resource = server.serve(File(CONTENT, '"v1"'))
    cheap = session.download(resource.url, destination=machine.downloads / "cheap", start=True, allow_expensive=False)
    any_price = session.download(resource.url, destination=machine.downloads / "any", start=True)
    assert any_price.wait() == ("finished", "")
    assert cheap.blocked_by == ["expensive-network"] and len(resource.requests) == 1
    manager.set(UNMETERED)
    assert cheap.wait() == ("finished", "")


def test_a_restart_does_not_begin_before_it_knows(machine: Machine, session: Session, server: ScriptedServer, manager: Mock,
                                                  client: Client) -> None:
    manager.set(METERED)
    wait_words(client, ["online", "expensive", "metered"])
    resource = server.serve(File(CONTENT, '"v1"'))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, allow_expensive=False)
    machine.daemon.kill()
    machine.daemon.start()
    again = machine.client()
    wait_words(again, ["online", "expensive", "metered"])
    assert again.task(task.id).blocked_by == ["expensive-network"]
    assert resource.requests == []


def test_a_discretionary_one_waits_for_power(machine: Machine, session: Session, server: ScriptedServer, client: Client,
                                             services: SystemServices) -> None:
    power = services.start(UPOWER)
    power.set({"OnBattery": ("b", True)})
    wait_until(lambda: "on-battery" in client.get("Conditions"), "the battery")
    task = download(machine, session, server, discretionary=True)
    assert task.blocked_by == ["power"]
    plain = session.download(server.serve(File(CONTENT, '"v1"')).url, destination=machine.downloads / "plain", start=True)
    assert plain.wait() == ("finished", "")
    assert task.state == "waiting"
    power.set({"OnBattery": ("b", False)})
    assert task.wait() == ("finished", "")


def test_an_attached_client_hears_of_it(machine: Machine, session: Session, server: ScriptedServer, manager: Mock,
                                        client: Client) -> None:
    session.attach()
    task = download(machine, session, server, allow_expensive=False)
    wait_until(lambda: task.done > 100_000, "some bytes")
    manager.set(METERED)
    task.wait_for(lambda task: task.blocked_by == ["expensive-network"], "the pause")
    manager.set({"Connectivity": ("u", 1)})
    task.wait_for(lambda task: set(task.blocked_by) == {"expensive-network", "network"}, "two reasons")
    manager.set({**UNMETERED, "Connectivity": ("u", 4)})
    assert task.wait() == ("finished", "")


@pytest.mark.root
@pytest.mark.machine(own_network=True)
def test_a_link_that_goes_down_pauses_what_leaves_the_machine(machine: Machine, session: Session, server: ScriptedServer,
                                                              network: NetworkNamespace, client: Client) -> None:
    wait_words(client, ["offline"])
    far = session.download("http://192.0.2.77/file", destination=machine.downloads / "far", start=True)
    assert far.blocked_by == ["network"]
    assert far.details()["attempts"] == 0
    assert "no network" in far.details()["why"]
    network.add_link("eth0", "192.0.2.1/24")
    far.wait_for(lambda task: task.details()["attempts"] == 1, "an attempt")
    assert far.state == "running"
    network.unplug("eth0")
    far.wait_for(lambda task: task.state == "waiting", "the pause")
    assert far.blocked_by == ["network"]


class Roaming:
    """A network of the machine's own, in which connections to the loopback come from an address that changes."""

    FIRST, SECOND = "192.0.2.2", "198.51.100.3"

    def __init__(self, network: NetworkNamespace) -> None:
        self._network = network
        network.add_link("eth0", f"{self.FIRST}/24")
        self._come_from(self.FIRST)

    def _come_from(self, address: str) -> None:
        self._network.ip(f"route change table local local 127.0.0.1 dev lo src {address}")

    def move(self) -> None:
        self._network.ip(f"address add {self.SECOND}/24 dev eth0")
        self._come_from(self.SECOND)
        self.lose()

    def lose(self) -> None:
        self._network.ip(f"address del {self.FIRST}/24 dev eth0")

    def regain(self) -> None:
        self._network.ip(f"address add {self.FIRST}/24 dev eth0")


@pytest.fixture
def roaming(network: NetworkNamespace) -> Roaming:
    return Roaming(network)


@pytest.mark.root
@pytest.mark.machine(own_network=True)
def test_a_connection_whose_address_is_gone_is_not_waited_for(machine: Machine, session: Session, network: NetworkNamespace,
                                                              roaming: Roaming) -> None:
    with network.entered(), ScriptedServer() as server:
        resource = server.serve(File(CONTENT, '"v1"', rate=SLOW), File(CONTENT, '"v1"'))
        task = session.download(resource.url, destination=machine.downloads / "file", start=True,
                                mapping=QUICK)
        wait_until(lambda: task.done > 300_000, "some bytes")
        roaming.move()
        assert task.wait(20) == ("finished", ""), "long before the request timeout"
        CONTENT.check(machine.downloads / "file")
        assert [request.range_start or 0 for request in resource.requests[1:]][0] > 0
        assert "connections had an address that is gone" in machine.daemon.log


@pytest.mark.root
@pytest.mark.machine(own_network=True)
def test_what_cannot_be_sent_twice_waits_for_its_address(machine: Machine, session: Session, network: NetworkNamespace,
                                                         roaming: Roaming) -> None:
    source = machine.directory / "source"
    source.write_bytes(CONTENT.read_all())
    with network.entered(), ScriptedServer() as server:
        post, get = server.serve(accept(rate=SLOW)), server.serve(File(CONTENT, '"v1"', rate=SLOW))
        upload = session.upload(post.url, source, method="POST", start=True)
        fetch = session.download(get.url, destination=machine.downloads / "file", start=True)
        for task in (upload, fetch):
            wait_until(lambda: task.done > 300_000, "some bytes")
        roaming.lose()
        fetch.wait_for(lambda task: task.state == "waiting", "the other one's end")
        assert upload.state == "running"
        roaming.regain()
        assert upload.wait(30) == ("finished", "")
        taken_once(post.copies, CONTENT)


@pytest.mark.root
@pytest.mark.machine(own_network=True)
def test_a_websocket_whose_address_is_gone_connects_again(session: Session, network: NetworkNamespace, roaming: Roaming) -> None:
    with network.entered(), Adversary() as server:
        endpoint = server.serve()
        task, _ = opened(session, endpoint, **QUICK)
        roaming.move()
        endpoint.peer()
        wait_opened(session, task, 2)

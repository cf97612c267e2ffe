"""Waiting for connectivity: one event for each outage, and none for a server that says no."""

from harness.client import Client
from harness.deadline import wait_until

NOWHERE = "http://nowhere.invalid/file"  # RFC 2606: a name that no resolver has


def test_a_server_that_the_network_does_not_reach_is_told_of_once(client: Client) -> None:
    session = client.session("test")
    task = session.download(NOWHERE, start=True)
    event, = session.wait_events(lambda events: events, "the outage", 30)
    assert (event.type, event.task) == ("waiting", task.id)
    assert sorted(event.details["blocked-by"]) == ["network", "retry-delay"]
    assert event.details["error-text"]
    attempts = task.details()["attempts"]
    wait_until(lambda: task.details()["attempts"] >= attempts + 2, "further attempts", 30)
    assert [found.seq for found in session.events()] == [1]
    assert task.state in ("waiting", "running")


def test_a_refused_connection_is_no_outage(client: Client) -> None:
    session = client.session("test")
    task = session.download("http://127.0.0.1:9/file", start=True)
    wait_until(lambda: task.details()["attempts"] >= 3, "some attempts", 15)
    assert session.events() == []

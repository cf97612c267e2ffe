"""The real servers, each over each protocol; a module's tests share one of a kind."""

from typing import Iterator

import pytest

from harness.fixtures import (  # noqa: F401
    certificates, client, machine, pytest_runtest_makereport, pytest_runtest_setup, session)
from real_servers.sites import EVERY_WAY, KINDS, Site, running
from servers.real import Tls
from servers.relay import Relay
from servers.tls import Certificates


@pytest.fixture(scope="module", params=[(kind, way) for kind in KINDS.values() for way in EVERY_WAY],
                ids=lambda param: f"{param[0].name}-{param[1]}")
def site(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Site]:  # noqa: F811
    kind, way = request.param
    tls = None if way == "http1" else Tls(certificates, http2=way == "h2")
    with running(kind, tls) as server:
        yield Site(server, way, {"ca-file": certificates.authority} if tls else {})


@pytest.fixture
def relay(site: Site) -> Iterator[Relay]:
    with Relay(site.server.port) as made:
        yield made

from harness.fixtures import (  # noqa: F401
    certificates, client, machine, other_server, pytest_runtest_makereport, pytest_runtest_setup, server, session)

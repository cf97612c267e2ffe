from harness.fixtures import pytest_runtest_makereport, pytest_runtest_setup, server  # noqa: F401

from harness.fixtures import pytest_runtest_setup  # noqa: F401

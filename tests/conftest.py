"""For all suites."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file goes to one worker: of those that take a minute or more, none is to be the last."""
    items.sort(key=lambda item: item.get_closest_marker("lengthy") is None)

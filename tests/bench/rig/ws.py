"""npm's ws, as a server and as a client, from where the tests install it."""

import contextlib
import json
import os
import pathlib

from .bench import wait_until

_HERE = pathlib.Path(__file__).resolve().parent
_SERVERS = _HERE.parents[1] / "servers/node"
_MODULES = _HERE.parents[2] / "build/node/node_modules"


@contextlib.contextmanager
def ws_server(bench):
    """What URLs of tests/servers/node/ws.js begin with, as long as the block lives."""
    bench.run([str(_SERVERS / "install")])
    said = bench.new_directory("ws") / "port"
    with open(said, "wb") as output:
        with bench.spawn(["node", str(_SERVERS / "ws.js"), str(said.parent), "0"], stdout=output, env=_environment()) as process:
            wait_until(lambda: said.read_text().endswith("\n"), "ws.js", process)
            yield f"ws://127.0.0.1:{int(said.read_text())}"


def ws_client(bench, url, messages, size, in_flight):
    """What the conversation took, as a dict."""
    argv = ["node", str(_HERE.parent / "ws_client.js"), url, str(messages), str(size), str(in_flight)]
    return json.loads(bench.run(argv, env=_environment()).output)


def _environment():
    return {**os.environ, "NODE_PATH": str(_MODULES)}

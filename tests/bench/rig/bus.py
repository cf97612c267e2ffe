"""A private message bus with the session bus's limits and no services to activate."""

import contextlib

from .bench import wait_until

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
  <limit name="max_replies_per_connection">50000</limit>
</busconfig>
"""


@contextlib.contextmanager
def private_bus(bench):
    """The address of a dbus-daemon that lives as long as the block."""
    directory = bench.new_directory("bus")
    socket = bench.socket_path("bus")
    config = directory / "bus.conf"
    config.write_text(_CONFIG.format(socket=socket))
    with bench.spawn(["dbus-daemon", f"--config-file={config}", "--nofork", "--nosyslog"]) as process:
        wait_until(socket.exists, "dbus-daemon", process)
        yield f"unix:path={socket}"

"""nginx on loopback, serving a directory on a port that the kernel picked."""

import contextlib
import getpass
import os
import socket

from .bench import wait_until

_CONFIG = """daemon off;
user {user};
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    open_file_cache max=4096;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {root};
    }}
}}
"""


@contextlib.contextmanager
def nginx(bench, root):
    """The URL, without a final slash, of a server of the directory `root` that lives as long as the block."""
    directory = bench.new_directory("nginx")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        config = directory / "nginx.conf"
        config.write_text(_CONFIG.format(user=getpass.getuser(), directory=directory, port=port, root=root))
        # nginx takes over a listening socket that the variable NGINX names, as in its upgrade on the fly:
        # so nobody else can get the port in between.
        argv = ["nginx", "-p", str(directory), "-c", str(config), "-e", str(directory / "error.log")]
        environment = {**os.environ, "NGINX": f"{listener.fileno()};"}
        server = bench.spawn(argv, pass_fds=[listener.fileno()], env=environment)
        with server as process:
            wait_until((directory / "nginx.pid").exists, "nginx", process)
            yield f"http://127.0.0.1:{port}"

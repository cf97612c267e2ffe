"""nginx on loopback, serving a directory on a port that the kernel picked: plainly or over TLS, slowed down if asked,
or taking what is put there."""

import contextlib
import getpass
import os
import socket
from dataclasses import dataclass

from .bench import wait_until
from .certificates import make_certificates

_CONFIG = """daemon off;
user {user};
worker_processes 1;
worker_rlimit_nofile 8192;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    open_file_cache max=4096;
    client_body_temp_path {bodies};
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port}{listen};
        root {root};
        limit_rate {limit_rate};
        {more}
    }}
}}
"""


# What two OpenSSL libraries agree upon by themselves, said here so that all peers surely use the same.
_TLS = """ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
"""


_DAV = """dav_methods PUT;
        client_max_body_size 0;
"""


@dataclass
class TlsServer:
    """Where it is, and whose certificate the clients have to trust."""

    url: str
    authority: str


@contextlib.contextmanager
def nginx(bench, root, limit_rate="0"):
    """The URL, without a final slash, of a server of the directory `root` that lives as long as the block.

    `limit_rate` is what nginx gives to each connection in a second, "20m" for instance; "0" is no limit.
    """
    with _serving(bench, root, limit_rate) as port:
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def tls_nginx(bench, root, http2=False):
    """The same over TLS, as a TlsServer."""
    certificates = make_certificates(bench)
    tls = _TLS.format(certificate=certificates.server, key=certificates.server_key)
    with _serving(bench, root, listen=" ssl http2" if http2 else " ssl", more=tls) as port:
        yield TlsServer(f"https://127.0.0.1:{port}", str(certificates.authority))


@contextlib.contextmanager
def dav_nginx(bench, directory):
    """The URL, without a final slash, of a server that puts what it is sent into the new directory `taken` there.

    nginx moves bodies there that it has put together beside it.
    """
    (directory / "taken").mkdir()
    with _serving(bench, directory / "taken", more=_DAV, bodies=directory / "bodies") as port:
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _serving(bench, root, limit_rate="0", listen="", more="", bodies=None):
    directory = bench.new_directory("nginx")
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        port = listener.getsockname()[1]
        config = directory / "nginx.conf"
        values = {"user": getpass.getuser(), "directory": directory, "port": port, "root": root}
        values |= {"limit_rate": limit_rate, "listen": listen, "bodies": bodies or directory / "body", "more": more}
        config.write_text(_CONFIG.format(**values))
        # nginx takes over a listening socket that the variable NGINX names, as in its upgrade on the fly:
        # so nobody else can get the port in between.
        argv = ["nginx", "-p", str(directory), "-c", str(config), "-e", str(directory / "error.log")]
        environment = {**os.environ, "NGINX": f"{listener.fileno()};"}
        server = bench.spawn(argv, pass_fds=[listener.fileno()], env=environment)
        with server as process:
            wait_until((directory / "nginx.pid").exists, "nginx", process)
            yield port

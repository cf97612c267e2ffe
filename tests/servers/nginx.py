"""Debian's nginx with a configuration of its own, unprivileged ports and a log that counts bytes."""

import re
import socket
import subprocess
from typing import Optional

from servers.real import REALM, RealServer, Served

# Paths are relative to the directory that nginx is started with (-p), which
# other users cannot enter: hence the user, which counts for root alone.
_CONFIGURATION = """\
daemon off;
user root;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 4096; }}
http {{
  log_format bytes '$status $body_bytes_sent "$http_range" $request_uri $server_protocol $remote_port';
  access_log access.log bytes;
  client_body_temp_path temp;
  proxy_temp_path temp;
  fastcgi_temp_path temp;
  uwsgi_temp_path temp;
  scgi_temp_path temp;
  sendfile on;
  keepalive_timeout 5s;
  server {{
    listen 127.0.0.1:{port} sndbuf=256k{listen};
    root files;
    dav_methods PUT DELETE;
    create_full_put_path on;
    client_max_body_size 0;
    limit_rate {limit_rate};
    gzip on;
    gzip_types text/plain;
    {tls}
    location /basic/ {{ auth_basic {realm}; auth_basic_user_file {passwords}; }}
  }}
}}
"""
_LINE = re.compile(r'(\d+) (\d+) "([^"]*)" (\S+) (\S+) (\d+)')


class Nginx(RealServer):
    """It takes uploads by PUT."""

    name = "nginx"
    has_old_tls = True

    def _start(self) -> subprocess.Popen:
        # nginx takes a listening socket over as it does in an upgrade of its
        # binary, so that no port is picked twice.
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            self.port = listener.getsockname()[1]
            configuration = self.directory / "nginx.conf"
            configuration.write_text(_CONFIGURATION.format(
                port=self.port, limit_rate=self.limit_rate, realm=REALM, passwords=self.directory / "basic.users",
                listen=" ssl http2" if self.tls and self.tls.http2 else " ssl" if self.tls else "",
                tls=self._tls_lines()))
            return self._spawn(["nginx", "-p", self.directory, "-c", configuration, "-e", "error.log"],
                               {"NGINX": f"{listener.fileno()};"}, pass_fds=[listener.fileno()])

    def _tls_lines(self) -> str:
        if not self.tls:
            return ""
        lines = [f"ssl_certificate {self.tls.server.certificate}", f"ssl_certificate_key {self.tls.server.key}"]
        if self.tls.wants_client:
            lines += ["ssl_verify_client on", f"ssl_client_certificate {self.tls.certificates.authority}"]
        if self.tls.only_1_1:
            lines += ["ssl_protocols TLSv1.1", "ssl_ciphers DEFAULT@SECLEVEL=0"]
        else:
            lines += ["ssl_protocols TLSv1.2 TLSv1.3"]
        return " ".join(f"{line};" for line in lines)

    def _parse(self, line: str) -> Optional[Served]:
        match = _LINE.fullmatch(line)
        if not match:
            return None
        wanted = "" if match[3] == "-" else match[3]
        return Served(int(match[1]), int(match[2]), wanted, match[4], match[5], int(match[6]))

"""Debian's Caddy with a configuration of its own."""

import json
import subprocess
from typing import Optional

from servers.real import REALM, USER, RealServer, Served, free_port

# bcrypt of SECRET with the least cost; a usual one takes a second a request.
_BCRYPT = "$2b$04$HaulTestsHaulTestsHau.Pqr990Y7wk0fT.dqH/powe/V9P7.QCm"

# A site with a host in its address would log requests of exactly that host and
# port alone, and none through a relay. An address has no SNI, which Caddy wants where it asks for client certificates.
_CONFIGURATION = """\
{{
  admin off
  auto_https off
  storage file_system {directory}/storage
  servers {{
    protocols {protocols}
    strict_sni_host insecure_off
  }}
}}
{scheme}://:{port} {{
  bind 127.0.0.1
  root * {directory}/files
  basicauth /basic/* bcrypt {realm} {{
    {user} {bcrypt}
  }}
  encode gzip
  file_server
  log {{
    output file {directory}/access.log
    format json
  }}
  {tls}
}}
"""


class Caddy(RealServer):
    """It cannot limit a rate."""

    name = "caddy"

    def _start(self) -> subprocess.Popen:
        assert not self.limit_rate
        self.port = free_port()
        configuration = self.directory / "Caddyfile"
        configuration.write_text(_CONFIGURATION.format(
            directory=self.directory, port=self.port, scheme=self.scheme, user=USER, bcrypt=_BCRYPT, realm=REALM,
            tls=self._tls_lines(), protocols="h1 h2" if self.tls and self.tls.http2 else "h1"))
        home = str(self.directory / "home")
        return self._spawn(["caddy", "run", "--config", configuration, "--adapter", "caddyfile"],
                           {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home})

    def _tls_lines(self) -> str:
        if not self.tls:
            return ""
        wants = ""
        if self.tls.wants_client:
            wants = ("client_auth {\n mode require_and_verify\n"
                     f" trusted_ca_cert_file {self.tls.certificates.authority}\n}}\n")
        return f"tls {self.tls.server.certificate} {self.tls.server.key} {{\n{wants}}}"

    def _parse(self, line: str) -> Optional[Served]:
        entry = json.loads(line)
        request = entry["request"]
        wanted = request["headers"].get("Range", [""])[0]
        return Served(entry["status"], entry["size"], wanted, request["uri"], request["proto"],
                      int(request["remote_port"]))

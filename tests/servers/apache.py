"""Debian's Apache with a configuration of its own."""

import re
import subprocess
from typing import Optional

from servers.real import REALM, RealServer, Served, free_port

_MODULES = ("mpm_event", "env", "setenvif", "ratelimit", "authn_core", "authn_file", "authz_core",
            "authz_user", "auth_basic", "auth_digest", "filter", "deflate")
_TLS_MODULES = ("ssl", "http2")

# As root it has to give its authority up before it serves: hence the user.
_CONFIGURATION = """\
{modules}
ServerName localhost
ServerRoot {directory}
DefaultRuntimeDir {directory}
PidFile apache.pid
Listen 127.0.0.1:{port}
User nobody
Group nogroup
StartServers 1
ErrorLog error.log
LogLevel warn
LogFormat "%>s %B \\"%{{Range}}i\\" %U %H %{{remote}}p" bytes
CustomLog access.log bytes
DocumentRoot files
<Directory {directory}/files>
  Require all granted
  <Files "*.txt">
    SetOutputFilter DEFLATE
  </Files>
</Directory>
<Directory {directory}/files/basic>
  AuthType Basic
  AuthName {realm}
  AuthBasicProvider file
  AuthUserFile {directory}/basic.users
  Require valid-user
</Directory>
<Directory {directory}/files/digest>
  AuthType Digest
  AuthName {realm}
  AuthDigestProvider file
  AuthUserFile {directory}/digest.users
  Require valid-user
</Directory>
{rate}
{tls}
"""
_LINE = re.compile(r'(\d+) (\d+) "([^"]*)" (\S+) (\S+) (\d+)')


class Apache(RealServer):
    name = "apache"
    has_digest = True
    has_old_tls = True

    def _start(self) -> subprocess.Popen:
        self.port = free_port()
        modules = _MODULES + (_TLS_MODULES if self.tls else ())
        configuration = self.directory / "apache.conf"
        configuration.write_text(_CONFIGURATION.format(
            directory=self.directory, port=self.port, realm=REALM, tls="\n".join(self._tls_lines()),
            modules="\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules),
            rate=f"SetOutputFilter RATE_LIMIT\nSetEnv rate-limit {self.limit_rate >> 10}" if self.limit_rate else ""))
        return self._spawn(["apache2", "-d", self.directory, "-f", configuration, "-DFOREGROUND"])

    def _tls_lines(self) -> list[str]:
        if not self.tls:
            return []
        lines = [f"Protocols {'h2 ' if self.tls.http2 else ''}http/1.1", "SSLSessionCache none", "SSLEngine on",
                 f"SSLCertificateFile {self.tls.server.certificate}", f"SSLCertificateKeyFile {self.tls.server.key}"]
        if self.tls.wants_client:
            lines += ["SSLVerifyClient require", f"SSLCACertificateFile {self.tls.certificates.authority}"]
        if self.tls.only_1_1:
            lines += ["SSLProtocol TLSv1.1", "SSLCipherSuite DEFAULT@SECLEVEL=0"]
        return lines

    def _parse(self, line: str) -> Optional[Served]:
        match = _LINE.fullmatch(line)
        if not match:
            return None
        wanted = "" if match[3] == "-" else match[3]
        return Served(int(match[1]), int(match[2]), wanted, match[4], match[5], int(match[6]))

"""Debian's lighttpd with a configuration of its own."""

import re
import subprocess
from typing import Optional

from servers.real import REALM, RealServer, Served, free_port

# A log file would be written every four seconds, a pipe is at once. A file whose
# type is not known would have no validators. The cache would show a file for a
# second after it was replaced.
_CONFIGURATION = """\
server.modules = ("mod_auth", "mod_authn_file", "mod_accesslog", "mod_deflate"{modules})
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{directory}/files"
server.errorlog = "{directory}/error.log"
server.stat-cache-engine = "disable"
server.upload-dirs = ("{directory}")
server.feature-flags = ("server.h2proto" => "{http2}")
connection.kbytes-per-second = {rate}
accesslog.filename = "|exec cat >> {directory}/access.log"
mimetype.assign = (".txt" => "text/plain", "" => "application/octet-stream")
accesslog.format = "%s %B \\"%{{Range}}i\\" %U %H %{{remote}}p"
deflate.mimetypes = ("text/plain")
deflate.allowed-encodings = ("gzip")
auth.backend = "htdigest"
auth.backend.htdigest.userfile = "{directory}/digest.users"
auth.require = (
  "/basic/" => ("method" => "basic", "realm" => "{realm}", "require" => "valid-user"),
  "/digest/" => ("method" => "digest", "realm" => "{realm}", "require" => "valid-user"))
{tls}
"""
_LINE = re.compile(r'(\d+) (\d+|-) "([^"]*)" (\S+) (\S+) (\d+)')


class Lighttpd(RealServer):
    name = "lighttpd"
    has_digest = True
    has_old_tls = True

    def _start(self) -> subprocess.Popen:
        self.port = free_port()
        configuration = self.directory / "lighttpd.conf"
        configuration.write_text(_CONFIGURATION.format(
            directory=self.directory, port=self.port, realm=REALM, rate=self.limit_rate >> 10,
            modules=', "mod_openssl"' if self.tls else "", tls="\n".join(self._tls_lines()),
            http2="enable" if self.tls and self.tls.http2 else "disable"))
        return self._spawn(["lighttpd", "-D", "-f", configuration])

    def _tls_lines(self) -> list[str]:
        if not self.tls:
            return []
        lines = ['ssl.engine = "enable"', f'ssl.pemfile = "{self.tls.server.certificate}"',
                 f'ssl.privkey = "{self.tls.server.key}"']
        if self.tls.wants_client:
            lines += ['ssl.verifyclient.activate = "enable"', 'ssl.verifyclient.enforce = "enable"',
                      f'ssl.ca-file = "{self.tls.certificates.authority}"']
        if self.tls.only_1_1:
            lines += ['ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.1", "MaxProtocol" => "TLSv1.1",'
                      ' "CipherString" => "DEFAULT@SECLEVEL=0")']
        return lines

    def _parse(self, line: str) -> Optional[Served]:
        match = _LINE.fullmatch(line)
        if not match:
            return None
        sent = 0 if match[2] == "-" else int(match[2])
        wanted = "" if match[3] == "-" else match[3]
        return Served(int(match[1]), sent, wanted, match[4], match[5], int(match[6]))

"""Certificates made for one run of the tests."""

import ssl
import subprocess
from pathlib import Path


class Certificates:
    """An authority, and a certificate of it for 127.0.0.1 and localhost, in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.authority = directory / "authority.pem"
        self._certificate = directory / "server.pem"
        self._key = directory / "server.key"
        authority_key = directory / "authority.key"
        request = directory / "server.csr"
        extensions = directory / "extensions"
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        _openssl("req", "-x509", *curve, "-keyout", authority_key, "-out", self.authority, "-days", "2",
                 "-subj", "/CN=Haul test authority")
        _openssl("req", *curve, "-keyout", self._key, "-out", request, "-subj", "/CN=127.0.0.1")
        _openssl("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", authority_key, "-CAcreateserial",
                 "-out", self._certificate, "-days", "2", "-extfile", extensions)

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate, self._key)
        return context


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

"""Certificates made for one run of the tests."""

import base64
import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, PEM files."""

    certificate: Path
    key: Path

    @property
    def pin(self) -> str:
        """Of its public key, as libcurl and HPKP (RFC 7469, 2.4) write it."""
        public = subprocess.run(["openssl", "pkey", "-in", str(self.key), "-pubout", "-outform", "DER"],
                                check=True, capture_output=True).stdout
        return "sha256//" + base64.b64encode(hashlib.sha256(public).digest()).decode()


class Certificates:
    """An authority, and a certificate of it for 127.0.0.1 and localhost, in `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.authority = directory / "authority.pem"
        self._authority_key = directory / "authority.key"
        _openssl("req", "-x509", *_NEW_KEY, "-keyout", self._authority_key, "-out", self.authority, "-days", "2",
                 "-subj", "/CN=Haul test authority")
        self.server = self.issue("server", "IP:127.0.0.1,DNS:localhost")

    def issue(self, name: str, subjects: str) -> Identity:
        """A certificate for `subjects`, written as in subjectAltName."""
        identity = Identity(self._directory / f"{name}.pem", self._directory / f"{name}.key")
        request = self._directory / f"{name}.csr"
        extensions = self._directory / f"{name}.extensions"
        extensions.write_text(f"subjectAltName={subjects}\n")
        _openssl("req", *_NEW_KEY, "-keyout", identity.key, "-out", request, "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", self._authority_key,
                 "-CAcreateserial", "-out", identity.certificate, "-days", "2", "-extfile", extensions)
        return identity

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate, self.server.key)
        return context


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

"""A certificate for 127.0.0.1 and the authority that signed it, made for one run."""

import pathlib
from dataclasses import dataclass


@dataclass
class Certificates:
    """Paths of PEM files."""

    authority: pathlib.Path
    server: pathlib.Path
    server_key: pathlib.Path


def make_certificates(bench):
    """New keys in a directory of the bench."""
    directory = bench.new_directory("tls")
    made = Certificates(directory / "authority.pem", directory / "server.pem", directory / "server.key")
    authority_key, request, extensions = (directory / name for name in ("authority.key", "server.csr", "extensions"))
    extensions.write_text("subjectAltName=IP:127.0.0.1\n")
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl(bench, "req", "-x509", *new_key, "-keyout", authority_key, "-out", made.authority, "-days", "2",
             "-subj", "/CN=Haul bench authority")
    _openssl(bench, "req", *new_key, "-keyout", made.server_key, "-out", request, "-subj", "/CN=127.0.0.1")
    _openssl(bench, "x509", "-req", "-in", request, "-CA", made.authority, "-CAkey", authority_key,
             "-CAcreateserial", "-out", made.server, "-days", "2", "-extfile", extensions)
    return made


def _openssl(bench, *arguments):
    bench.run(["openssl", *map(str, arguments)])

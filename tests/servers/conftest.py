from harness.fixtures import certificates, other_server, server, tls_server  # noqa: F401

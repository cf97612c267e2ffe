"""The files that the server offers."""

import os

CHUNK = 1 << 20


def make_numbered_files(directory, count, size, prefix=""):
    """Files named 0 to count-1, after the prefix, of `size` random bytes each."""
    for number in range(count):
        (directory / f"{prefix}{number}").write_bytes(os.urandom(size))


def make_large_file(path, size):
    """One file of `size` random bytes, a multiple of a MiB."""
    with open(path, "wb") as file:
        for _ in range(size // CHUNK):
            file.write(os.urandom(CHUNK))

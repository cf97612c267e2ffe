#!/usr/bin/python3
"""A server inside the machine: GET /SIZE/RATE/NAME gives SIZE bytes that follow from NAME, RATE a second (0: as fast as
it goes); PUT takes a file.

The first line on standard output is its origin; then comes one for each
transfer that is over: time, method, path, bytes.
"""

import http.server
import time

STEP = 16 << 10


def body(name: str, size: int) -> bytes:
    """Lines of a length that is no power of two, so that a piece at a wrong place shows."""
    return b"".join(f"{number} {name}\n".encode() for number in range(size // (len(name) + 3) + 2))[:size]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size, rate, name = self.path.strip("/").split("/")
        whole = body(name, int(size))
        asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0]
        rest = whole[int(asked):]
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("ETag", f'"{name}"')
        self.send_header("Content-Length", str(len(rest)))
        if "Range" in self.headers:
            self.send_header("Content-Range", f"bytes {asked}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        self._write(rest, int(rate))

    def do_PUT(self):
        count = len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self._tell(count)

    def _write(self, data, rate):
        started = time.monotonic()
        for offset in range(0, len(data), STEP):
            try:
                self.wfile.write(data[offset:offset + STEP])
            except ConnectionError:
                self.close_connection = True
                return
            if rate:
                time.sleep(max(0, started + (offset + STEP) / rate - time.monotonic()))
        self._tell(len(data))

    def _tell(self, count):
        print(f"{time.time():.6f}", self.command, self.path, count, flush=True)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()

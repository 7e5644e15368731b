"""A real S3-compatible server on loopback, empty at the start."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer


@contextmanager
def object_store() -> Iterator[str]:
    """Run the server, emptied: it keeps objects in this process, an earlier one's too."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    reset = urllib.request.Request(f"{address}/moto-api/reset", method="POST")
    try:
        with urllib.request.urlopen(reset, timeout=10):
            pass
        yield address
    finally:
        server.stop()

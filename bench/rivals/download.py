# Copyright 2026 the Tendril authors. MIT license.
"""Downloads with gevent: the URLs in a list into a folder, some at a time, each in some pieces."""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

from gevent import monkey
from gevent.pool import Pool

PIECE = 256 * 1024


def receive(response, file):
    """Writes a body into a file with one buffer."""
    buffer = memoryview(bytearray(PIECE))
    while count := response.readinto(buffer):
        file.write(buffer[:count])


def download(connection, url, folder, segments):
    """Downloads one file over a connection, or over as many as it has pieces."""
    target = urlsplit(url)
    path = os.path.join(folder, os.path.basename(target.path))
    if segments == 1:
        connection.request("GET", target.path)
        response = connection.getresponse()
        with open(path, "wb", buffering=0) as file:
            receive(response, file)
        return
    connection.request("HEAD", target.path)
    response = connection.getresponse()
    response.read()
    length = int(response.headers["content-length"])
    open(path, "wb").close()
    edges = [length * i // segments for i in range(segments + 1)]

    def download_piece(i):
        own = HTTPConnection(target.netloc)
        own.request("GET", target.path, headers={"range": f"bytes={edges[i]}-{edges[i + 1] - 1}"})
        with open(path, "r+b", buffering=0) as file:
            file.seek(edges[i])
            receive(own.getresponse(), file)
        own.close()

    Pool(segments).map(download_piece, range(segments))


def download_rest(urls, folder, segments):
    """Downloads what nobody has begun yet."""
    connection = None
    for url in urls:
        connection = connection or HTTPConnection(urlsplit(url).netloc)
        download(connection, url, folder, segments)


monkey.patch_all()
LIST, FOLDER, CONCURRENCY, SEGMENTS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with open(LIST) as lines:
    rest = iter(lines.read().split())
Pool(CONCURRENCY).map(lambda _: download_rest(rest, FOLDER, SEGMENTS), range(CONCURRENCY))

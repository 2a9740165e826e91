# Copyright 2026 the Tendril authors. MIT license.
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

from gevent import monkey
from gevent.pool import Pool

from measure import report, timed

FILES = 2_000
LIMIT = 16


def download_all(server):
    indexes = iter(range(FILES))
    Pool(LIMIT).map(lambda _: download_rest(server, indexes), range(LIMIT))


def download_rest(server, indexes):
    connection = HTTPConnection(server)
    for index in indexes:
        connection.request("GET", f"/{index}")
        connection.getresponse().read()
    connection.close()


monkey.patch_all()
address = urlsplit(sys.argv[2]).netloc
download_all(address)
report("fetch", ns=timed(lambda: download_all(address)) / FILES)

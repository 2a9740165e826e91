# Copyright 2026 the Tendril authors. MIT license.
import resource
import sys

from gevent.server import StreamServer
from gevent.subprocess import PIPE, Popen, check_output

from measure import report

CONNECTIONS = 400
REQUESTS = 200_000
IDLE_CONNECTIONS = 8_000


def echo(client, _address):
    while True:
        data = client.recv(1024)
        if not data:
            return
        client.sendall(data)


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as status:
        return int(status.read().split()[1]) * resource.getpagesize()


load = sys.argv[2]
server = StreamServer(("127.0.0.1", 0), echo, backlog=1024)
server.start()
port = server.server_port

before = resident_bytes()
idle = Popen([load, "echo_idle", f"{port} {IDLE_CONNECTIONS}"], stdin=PIPE, stdout=PIPE)
idle.stdout.readline()
held = resident_bytes() - before
idle.communicate()

elapsed = int(check_output([load, "echo_load", f"{port} {CONNECTIONS} {REQUESTS}"]))
report("one request", ns=elapsed / REQUESTS)
report("one idle connection", bytes=held / IDLE_CONNECTIONS)

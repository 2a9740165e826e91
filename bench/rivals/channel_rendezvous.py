# Copyright 2026 the Tendril authors. MIT license.
import gevent
from gevent.queue import Channel

from measure import per_operation, report


def serve(there, back, turns):
    for turn in range(turns):
        there.put(turn)
        back.get()


def give_back(there, back, turns):
    for _ in range(turns):
        back.put(there.get())


def play_ping_pong(items):
    there, back = Channel(), Channel()
    turns = items // 2
    gevent.joinall([gevent.spawn(serve, there, back, turns), gevent.spawn(give_back, there, back, turns)])


report("channel_rendezvous", ns=per_operation(play_ping_pong))

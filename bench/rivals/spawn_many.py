# Copyright 2026 the Tendril authors. MIT license.
import gevent

from measure import report, timed

COUNT = 50_000
total = 0


def work(index):
    global total
    total += index


def join_many():
    gevent.joinall([gevent.spawn(work, index) for index in range(COUNT)])


join_many()
report("spawn_many", ns=timed(join_many) / COUNT)

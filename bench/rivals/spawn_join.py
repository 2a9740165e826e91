# Copyright 2026 the Tendril authors. MIT license.
import sys

from measure import per_operation, report

total = 0


def work(index):
    global total
    total += index


def join_greenlets(times):
    for index in range(times):
        greenlet(work).switch(index)


def join_gevent(times):
    for index in range(times):
        gevent.spawn(work, index).join()


if sys.argv[1] == "greenlet":
    from greenlet import greenlet

    report("spawn_join", ns=per_operation(join_greenlets))
else:
    import gevent

    report("spawn_join", ns=per_operation(join_gevent))

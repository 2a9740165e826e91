# Copyright 2026 the Tendril authors. MIT license.
import gevent

from measure import per_operation, report


def give_way(turns):
    for _ in range(turns):
        gevent.sleep(0)


def take_turns(turns):
    gevent.joinall([gevent.spawn(give_way, turns // 2), gevent.spawn(give_way, turns // 2)])


report("yield_now", ns=per_operation(take_turns))

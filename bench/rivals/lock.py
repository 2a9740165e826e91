# Copyright 2026 the Tendril authors. MIT license.
import sys

from measure import per_operation, report


def lock_free(times):
    for _ in range(times):
        lock.acquire()
        lock.release()


def hold_in_turn(turns):
    for _ in range(turns):
        lock.acquire()
        give_way(0)
        lock.release()


if sys.argv[1] == "threading":
    from threading import Lock, Thread
    from time import sleep as give_way

    lock = Lock()

    def lock_in_turn(times):
        players = [Thread(target=hold_in_turn, args=(times // 2,)) for _ in range(2)]
        for player in players:
            player.start()
        for player in players:
            player.join()

else:
    import gevent
    from gevent import sleep as give_way
    from gevent.lock import BoundedSemaphore

    lock = BoundedSemaphore(1)

    def lock_in_turn(times):
        gevent.joinall([gevent.spawn(hold_in_turn, times // 2) for _ in range(2)])


report("free", ns=per_operation(lock_free))
report("handed over", ns=per_operation(lock_in_turn))

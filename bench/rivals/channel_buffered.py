# Copyright 2026 the Tendril authors. MIT license.
import gevent
from gevent.queue import Queue

from measure import per_operation, report


def send_all(queue, items):
    for item in range(items):
        queue.put(item)


def receive_all(queue, items):
    for _ in range(items):
        queue.get()


def pass_items(items):
    queue = Queue(100)
    gevent.joinall([gevent.spawn(send_all, queue, items), gevent.spawn(receive_all, queue, items)])


report("channel_buffered", ns=per_operation(pass_items))

# Copyright 2026 the Tendril authors. MIT license.
import gevent
from gevent.pool import Pool

from measure import per_operation, report


def double(item):
    gevent.sleep(0)
    return item * 2


report("pool_map", ns=per_operation(lambda items: Pool(16).map(double, range(items))))

# Copyright 2026 the Tendril authors. MIT license.
from multiprocessing import Pool

from measure import per_operation, report

OBJECT = {"id": 7, "name": "x" * 900, "tags": ["a", "b"]}
MEGABYTE = bytes(1 << 20)


def same(value):
    return value


def all_at_once(make):
    def batch(times):
        for result in [pool.apply_async(same, (make(n),)) for n in range(times)]:
            result.get()

    return batch


def one_at_a_time(value):
    def batch(times):
        for _ in range(times):
            pool.apply(same, (value,))

    return batch


if __name__ == "__main__":
    with Pool(2) as pool:
        report("no-op, all at once", ns=per_operation(all_at_once(lambda n: n)))
        report("no-op, one at a time", ns=per_operation(one_at_a_time(1)))
        report("1 KB object, all at once", ns=per_operation(all_at_once(lambda n: {**OBJECT, "id": n})))
        report("1 MB there and back, copied", ns=per_operation(one_at_a_time(MEGABYTE)))
        report("map of whole numbers", ns=per_operation(lambda n: pool.map(same, range(n))))
        report("map of fractions", ns=per_operation(lambda n: pool.map(same, [i + 0.5 for i in range(n)])))

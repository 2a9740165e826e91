# Copyright 2026 the Tendril authors. MIT license.
from greenlet import greenlet

from measure import per_operation, report

left = right = None


def play_left(turns):
    for _ in range(turns):
        right.switch(turns)


def play_right(turns):
    for _ in range(turns):
        left.switch()


def take_turns(hops):
    global left, right
    left, right = greenlet(play_left), greenlet(play_right)
    left.switch(hops // 2)
    right.switch()


report("switch", ns=per_operation(take_turns))

# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whether amounts that are given back fit into what was billed, without
Tryton.

What gives back may belong to several bills, and nobody says how much of it to
which.  All fits if there is any way to spread it, which is a maximum flow
from the amounts to the bills (Edmonds and Karp 1972): its time grows with a
power of their number, while trying all groups of bills would double with each
bill.
"""
from collections import defaultdict, deque
from decimal import Decimal

_SOURCE, _SINK = object(), object()


class Share:
    """What was billed, and what of it is given back.

    rooms: the amount of each bill by its key, of which a negative one is none
    """

    def __init__(self, rooms):
        self._left = defaultdict(lambda: defaultdict(Decimal))
        self._rooms = dict(rooms)
        for key, amount in self._rooms.items():
            self._left['room', key][_SINK] = max(amount, Decimal(0))

    def place(self, amount, keys):
        """Give the amount back to the bills of the keys, in any parts.

        Return how much of it found a place, as much as can.
        """
        demand = object()
        self._left[_SOURCE][demand] = max(amount, Decimal(0))
        for key in keys:
            if key in self._rooms:
                self._left[demand]['room', key] = max(amount, Decimal(0))
        placed = Decimal(0)
        while path := self._find_path():
            placed += self._push(path)
        # What found no place is asked no more
        self._left[_SOURCE][demand] = Decimal(0)
        return placed

    def find_left(self, keys):
        "Return the largest amount that would find a place"
        keys = list(keys)
        most = sum(max(a, Decimal(0)) for a in self._rooms.values())
        copy = Share({})
        copy._rooms = self._rooms
        for node, edges in self._left.items():
            copy._left[node].update(edges)
        return copy.place(most, keys)

    def _find_path(self):
        "Return the edges of a shortest way that takes more, None without one"
        before = {_SOURCE: None}
        nodes = deque(before)
        while nodes:
            node = nodes.popleft()
            for next_, left in self._left[node].items():
                if left > 0 and next_ not in before:
                    before[next_] = node
                    nodes.append(next_)
            if _SINK in before:
                break
        else:
            return None
        path, node = [], _SINK
        while before[node] is not None:
            path.append((before[node], node))
            node = before[node]
        return path

    def _push(self, path):
        amount = min(self._left[from_][to] for from_, to in path)
        for from_, to in path:
            self._left[from_][to] -= amount
            self._left[to][from_] += amount
        return amount

# -*- coding: utf-8 -*-
"""Files of Python 2.7. Python 3 describes them, as it loads them with encoding="latin1"."""

# mypy: ignore-errors

import collections
import datetime
import decimal

import kit
import shop
from kit import made


def _load(path):
    import pickle

    with open(path, "rb") as file:
        return {"": pickle.load(file, encoding="latin1")}


def _values():
    one = shop.Old("cup", shop.New("teller \u20ac", [1, 2]))
    return {
        "text": "caf\xe9", "unicode": u"caf\xe9", "long": 1 << 70, "int": 3, "float": 0.1, "none": None, "true": True,
        "old": one, "same": one, "new": shop.New("plate"), "state": shop.State(1, "b"), "point": shop.Point(1, 2),
        "reduced": shop.Reduced(7, "seven"), "set": {1, 2}, "tuple": (1, u"two", 3),
    }  # fmt: skip


def _library():
    return {
        "moment": datetime.datetime(2012, 1, 2, 3, 4, 5, 678), "date": datetime.date(2012, 1, 2), "price": decimal.Decimal("19.99"),
        "ordered": collections.OrderedDict([("z", 1), ("a", 2)]), "error": ValueError("wrong"), "class": dict, "range": xrange(3),
        "default": collections.defaultdict(list, {"a": [1]}),
    }  # fmt: skip


def _dump(name, protocol, value, module="cPickle"):
    def make(path):
        with open(path, "wb") as file:
            __import__(module).dump(value(), file, protocol)

    made(name, _load)(make)


for _protocol in range(3):
    _dump("python2-protocol%d.pkl" % _protocol, _protocol, _values)
    _dump("python2-library%d.pkl" % _protocol, _protocol, _library, "pickle")


@made("python2-ascii.pkl", _load)
def plain(path):
    import cPickle

    with open(path, "wb") as file:
        cPickle.dump([{"name": "Ann", "cups": 2}, {"name": "Bob", "cups": 3}], file)


if __name__ == "__main__":
    kit.main()

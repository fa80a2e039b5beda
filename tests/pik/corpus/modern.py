"""Files of today's libraries: scikit-learn, pandas 3, numpy 2, joblib, dill, cloudpickle, xarray and others, under Python 3.13."""

# mypy: ignore-errors

import base64
import bz2
import dbm.dumb
import dbm.sqlite3
import gzip
import io
import lzma
import os
import pickle
import shelve
import sys
import tarfile
import warnings
import zipfile
import zlib

import kit
from kit import frame, load_dill, load_joblib, load_npz, load_pandas, made, pickled

warnings.simplefilter("ignore")


def _x():
    import numpy

    return numpy.random.default_rng(1).normal(size=(40, 3)).round(3), numpy.arange(40) % 3


# scikit-learn


@pickled("sklearn-forest.pkl")
def forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=3, max_depth=2, random_state=0).fit(*_x())


@pickled("sklearn-pipeline.pkl")
def pipeline():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*_x())


@pickled("sklearn-words.pkl")
def words():
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer().fit(["a red fox", "a blue fox", "red and blue dogs"])


@pickled("sklearn-search.pkl", 5)
def search():
    from sklearn.model_selection import GridSearchCV
    from sklearn.svm import SVC

    return GridSearchCV(SVC(), {"C": [1, 10]}, cv=2).fit(*_x())


@pickled("sklearn-boosting.pkl")
def boosting():
    from sklearn.ensemble import GradientBoostingRegressor

    return GradientBoostingRegressor(n_estimators=2, max_depth=1, random_state=0).fit(*_x())


@pickled("sklearn-columns.pkl")
def columns():
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    rows = frame()
    change = ColumnTransformer([("n", StandardScaler(), ["size"]), ("c", OneHotEncoder(), ["city"])])
    return change.fit(rows[["size", "city"]])


def _means():
    from sklearn.cluster import KMeans

    return KMeans(n_clusters=2, n_init=1, random_state=0).fit(_x()[0])


def _joblib_files():
    for name, how in (
        ("joblib-plain.joblib", 0), ("joblib-zlib.joblib", ("zlib", 3)), ("joblib-gzip.joblib", ("gzip", 3)),
        ("joblib-bz2.joblib", ("bz2", 3)), ("joblib-xz.joblib", ("xz", 3)), ("joblib-lzma.joblib", ("lzma", 3)),
        ("joblib-lz4.joblib", ("lz4", 3)),
    ):  # fmt: skip

        def make(path, how=how):
            import joblib

            joblib.dump(_means(), path, compress=how)

        made(name, load_joblib)(make)


_joblib_files()


@made("joblib-arrays.joblib", load_joblib)
def joblib_arrays(path):
    import joblib
    import numpy

    joblib.dump(
        {
            "ints": numpy.arange(6).reshape(2, 3), "columns first": numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)),
            "none": numpy.zeros((0, 3)), "texts": numpy.array(["a", "bcd"]), "objects": numpy.array([1, "two", None], object),
            "rows": numpy.array([(1, 2.5)], [("a", "<i4"), ("b", "<f8")]), "after": "the arrays",
        },
        path,
    )  # fmt: skip


# numpy


@pickled("numpy-arrays.pkl")
def arrays():
    import numpy

    return {
        "ints": numpy.arange(12, dtype="i2").reshape(3, 4), "columns first": numpy.asfortranarray([[1.0, 2.0], [3.0, 4.0]]),
        "big endian": numpy.array([1, 2, 3], ">u4"), "texts": numpy.array(["red", "blue"]), "bools": numpy.array([True, False]),
        "complex": numpy.array([1 + 2j]), "moments": numpy.array(["2026-01-02", "NaT"], "M8[D]"), "one": numpy.array(7),
        "rows": numpy.array([(1, 2.5, b"x")], [("a", "i4"), ("b", "f8", ()), ("c", "S3")]), "halves": numpy.array([0.5], "f2"),
        "objects": numpy.array([None, "text", (1, 2)], object), "none": numpy.zeros((0, 2)),
    }  # fmt: skip


@pickled("numpy-scalars.pkl")
def scalars():
    import numpy

    return [
        numpy.float64(1.5),
        numpy.int8(-3),
        numpy.bool_(True),
        numpy.str_("text"),
        numpy.datetime64("2026-01-02"),
        numpy.complex64(1j),
    ]


@pickled("numpy-protocol5.pkl", 5)
def protocol5():
    import numpy

    return {"a": numpy.arange(5, dtype="u1"), "b": numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3))}


@pickled("numpy-masked.pkl")
def masked():
    import numpy

    return {
        "masked": numpy.ma.array([1, 2, 3], mask=[0, 1, 0]),
        "chance": numpy.random.default_rng(3),
        "kind": numpy.dtype("f4"),
    }


@pickled("numpy-protocol0.pkl", 0)
def protocol0():
    import numpy

    return numpy.array([1.5, 2.5, -1.0])


def _npy(path):
    import numpy

    return {"": numpy.load(path, allow_pickle=True)}


@made("numpy-plain.npy", _npy)
def npy(path):
    import numpy

    numpy.save(path, numpy.arange(12, dtype="f4").reshape(3, 4))


@made("numpy-objects.npy", _npy)
def npy_objects(path):
    import numpy

    numpy.save(path, numpy.array([{"a": 1}, "b", None], object))


@made("numpy-plain.npz", load_npz)
def npz(path):
    import numpy

    numpy.savez(path, x=numpy.arange(4), y=numpy.ones((2, 2)))


@made("numpy-packed.npz", load_npz)
def npz_packed(path):
    import numpy

    numpy.savez_compressed(path, x=numpy.arange(400), names=numpy.array(["a", ("b", 1)], object))


# pandas


def _pandas_files():
    for ending in ("pkl", "pkl.gz", "pkl.bz2", "pkl.xz", "pkl.zip", "pkl.tar"):
        made("pandas-frame." + ending, load_pandas)(lambda path: frame().to_pickle(path))


_pandas_files()


@pickled("pandas-series.pkl", 5)
def series():
    import pandas

    return {
        "numbers": pandas.Series([1, 2, 3], name="n"), "texts": pandas.Series(["a", None], index=["x", "y"], name="t"),
        "maybe": pandas.Series([1, None], dtype="Int64", name="m"), "stamp": pandas.Timestamp("2026-01-02 03:04:05", tz="Europe/Rome"),
        "span": pandas.Timedelta("1 days 02:00:00"), "none": pandas.NaT, "na": pandas.NA,
    }  # fmt: skip


@pickled("pandas-indexes.pkl")
def indexes():
    import pandas

    both = pandas.MultiIndex.from_product([["a", "b"], [1, 2]], names=["k", "n"])
    return {
        "both": pandas.DataFrame({"v": [1, 2, 3, 4]}, index=both), "days": pandas.date_range("2026-01-01", periods=3, tz="UTC"),
        "months": pandas.period_range("2026-01", periods=3, freq="M"), "cuts": pandas.interval_range(0, 3),
        "range": pandas.RangeIndex(3), "classes": pandas.CategoricalIndex(["a", "b"]),
    }  # fmt: skip


# other libraries


@pickled("scipy-sparse.pkl")
def sparse():
    import scipy.sparse

    matrix = scipy.sparse.csr_matrix(([1.0, 2.0], ([0, 2], [1, 3])), shape=(3, 4))
    return {"rows": matrix, "columns": matrix.tocsc(), "pairs": matrix.tocoo()}


@pickled("xarray-set.pkl")
def xarray_set():
    import xarray

    return xarray.Dataset({"t": (("x", "y"), [[1.0, 2.0], [3.0, 4.0]])}, {"x": [10, 20]}, {"title": "warm"})


@pickled("networkx-graph.pkl")
def graph():
    import networkx

    found = networkx.Graph(name="friends")
    found.add_edge("Ann", "Bob", weight=3)
    found.add_edge("Bob", "Cid")
    return {"graph": found, "ways": networkx.DiGraph([(1, 2), (2, 3)])}


@pickled("statsmodels-ols.pkl")
def ols():
    import numpy
    import statsmodels.api

    data = numpy.arange(20.0)
    return statsmodels.api.OLS(data * 2 + 1, statsmodels.api.add_constant(data)).fit()


@pickled("polars-frame.pkl")
def polars_frame():
    import polars

    return polars.DataFrame({"a": [1, 2], "b": ["x", "y"]})


@pickled("arrow-table.pkl", 5)
def arrow():
    import pyarrow

    return pyarrow.table({"a": [1, 2], "b": ["x", "y"]})


@pickled("sympy-terms.pkl")
def terms():
    import sympy

    x, y = sympy.symbols("x y")
    return [x**2 + sympy.sin(y), sympy.Rational(1, 3), sympy.Matrix([[1, x]])]


@made("celery-message.bin")
def celery(path):
    from kombu.serialization import dumps, registry

    registry.enable("pickle")
    _kind, _encoding, body = dumps(((2, 3), {"of": "it"}, {"callbacks": None, "chain": None, "chord": None}), "pickle")
    with open(path, "wb") as file:
        file.write(body)


@pickled("celery-task.pkl")
def celery_task():
    from celery import Celery, chain

    def add(a, b):
        return a + b

    task = Celery("shop", set_as_current=False).task(name="shop.add")(add)
    return {"signature": task.s(1, 2), "chain": chain(task.s(1, 2), task.s(3))}


def _django():
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(DATABASES={}, INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"])
        django.setup()


def _cached(path):
    with open(path, "rb") as file:
        expires = pickle.load(file)
        return {"0": expires, "1": pickle.loads(zlib.decompress(file.read()))}


@made("django-cache.djcache", _cached)
def django_cache(path):
    _django()
    from django.core.cache.backends.filebased import FileBasedCache

    cache = FileBasedCache(os.path.dirname(path), {})
    with open(path, "wb") as file:
        cache._write_content(file, 300, {"_auth_user_id": "7", "basket": [1, 2, 3]})


@pickled("django-user.pkl")
def user():
    _django()
    from django.contrib.auth.models import User

    return User(id=7, username="ann", email="ann@example.org")


@pickled("django-query.pkl")
def query():
    _django()
    from django.contrib.auth.models import User

    return User.objects.filter(username__startswith="a").query


@made("dill-functions.pkl", load_dill)
def dill_functions(path):
    import dill

    scope = {"__name__": "__main__"}
    exec(
        "RATE = 3\ndef price(amount, *, tax=0.2):\n    'Say what it costs.'\n    return amount * RATE * (1 + tax)\n",
        scope,
    )
    with open(path, "wb") as file:
        dill.dump([scope["price"], lambda n: n + 1], file, recurse=True)


@made("dill-class.pkl", load_dill)
def dill_class(path):
    import dill

    scope = {"__name__": "__main__"}
    exec(
        "class Basket:\n    size = 3\n    def __init__(self, n):\n        self.n = n\n    def twice(self):\n        return 2 * self.n\n",
        scope,
    )
    scope["Basket"].__module__ = "__main__"
    sys.modules["__main__"].Basket = scope["Basket"]
    with open(path, "wb") as file:
        dill.dump({"it": scope["Basket"](7)}, file, byref=False)


@made("cloudpickle-functions.pkl")
def cloud(path):
    import cloudpickle

    def outer(rate):
        def inner(amount, extra=1):
            return amount * rate + extra

        return inner

    with open(path, "wb") as file:
        cloudpickle.dump({"closure": outer(3), "simple": lambda x: x}, file)


@made("cloudpickle-class.pkl")
def cloud_class(path):
    import cloudpickle

    class Basket:
        """Of a notebook."""

        size = 3

        def twice(self):
            return 2 * self.size

    one = Basket()
    one.size = 7
    with open(path, "wb") as file:
        cloudpickle.dump([one, Basket], file)


# the standard library


@pickled("std-moments.pkl")
def moments():
    import datetime
    import decimal
    import fractions
    import ipaddress
    import pathlib
    import uuid
    import zoneinfo

    return {
        "date": datetime.date(2026, 1, 2), "time": datetime.time(3, 4, 5), "moment": datetime.datetime(2026, 1, 2, 3, 4, 5, 678),
        "utc": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), "span": datetime.timedelta(days=1, seconds=2),
        "zone": datetime.datetime(2026, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Rome")), "price": decimal.Decimal("19.99"),
        "third": fractions.Fraction(1, 3), "id": uuid.UUID(int=7), "path": pathlib.PurePosixPath("/tmp/x"),
        "address": ipaddress.ip_address("192.0.2.1"),
    }  # fmt: skip


@pickled("std-classes.pkl")
def classes():
    import shop

    root = shop.Tree("root")
    shop.Tree("leaf", root)
    return {
        "color": shop.Color.GREEN, "level": shop.Level.HIGH, "flags": shop.Flags.READ | shop.Flags.WRITE,
        "item": shop.Item("cup", 2.5, ["red"]), "order": shop.Order(7, (1, 2)), "pair": shop.Pair(1, "x"),
        "point": shop.Point(3, 4), "tree": root, "nested": shop.Tree.Leaf(1), "slots": shop.Slotted(1, "two"),
        "both": shop.Both(1, 2, 3), "reduced": shop.Reduced(7, "seven"), "state": shop.State(1, 2),
        "failure": shop.Failure("no cups", 3),
    }  # fmt: skip


@pickled("std-containers.pkl")
def containers():
    import array
    import collections
    import types

    import shop

    row = shop.Row([1, 2])
    row.title = "sums"
    table = shop.Table(a=1)
    table.title = "letters"
    more = collections.defaultdict(list, {"a": [1]})
    return {
        "ordered": collections.OrderedDict([("z", 1), ("a", 2)]), "counts": collections.Counter("aab"), "default": more,
        "deque": collections.deque([1, 2, 3], maxlen=5), "set": {1, 2, 3}, "frozen": frozenset([1]), "bytes": bytearray(b"\x00\xff"),
        "numbers": array.array("i", [1, 2, 3]), "row": row, "table": table, "range": range(1, 9, 2), "slice": slice(1, 3),
        "space": types.SimpleNamespace(a=1), "complex": 1 + 2j, "chain": collections.ChainMap({"a": 1}, {"b": 2}),
    }  # fmt: skip


@pickled("std-functions.pkl")
def functions():
    import functools
    import operator
    import re

    return {
        "built in": len, "of a module": os.path.join, "class": dict, "partial": functools.partial(int, base=2),
        "pattern": re.compile(r"\d+", re.IGNORECASE), "getter": operator.itemgetter(1, 2), "attribute": operator.attrgetter("a.b"),
        "method": "text".upper, "error": ValueError("wrong", 3), "missing": FileNotFoundError(2, "No such file", "x"),
    }  # fmt: skip


@pickled("std-library.pkl")
def library():
    import argparse
    import email.message
    import http.cookies
    import logging
    import random
    import urllib.parse

    message = email.message.EmailMessage()
    message["Subject"] = "cups"
    message.set_content("two cups")
    return {
        "record": logging.LogRecord("shop", 20, "shop.py", 3, "sold %d", (2,), None), "chance": random.Random(1),
        "options": argparse.Namespace(verbose=True, names=["a"]), "address": urllib.parse.urlsplit("https://example.org/x?y=1"),
        "message": message, "cookies": http.cookies.SimpleCookie("a=1"),
    }  # fmt: skip


def _values(protocol):
    shared = ["shared"]
    loop = {"name": "loop"}
    loop["self"] = loop
    return {
        "none": None, "true": True, "int": -3, "big": 1 << 80, "float": 0.1, "text": "h\xe9llo \u20ac", "long": "x" * 300,
        "bytes": b"\x00\xff", "list": [1, [2, [3, [4]]]], "tuple": (1, ()), "one": shared, "two": shared, "loop": loop,
        3: "three", None: "none", (1, 2): "pair", "inf": float("inf"), "protocol": protocol,
    }  # fmt: skip


for _protocol in range(6):
    pickled("std-protocol%d.pkl" % _protocol, _protocol)(lambda number=_protocol: _values(number))


def _two(path):
    with open(path, "rb") as file:
        return {"0": pickle.load(file), "1": pickle.load(file), "2": pickle.load(file)}


@made("std-several.pkl", _two)
def several(path):
    with open(path, "wb") as file:
        for value in ("first", {"second": 2}, [3]):
            pickle.dump(value, file)


def _opened(open_it):
    def load(path):
        with open_it(path, "rb") as file:
            return {"": pickle.load(file)}

    return load


for _ending, _open in (("gz", gzip.open), ("bz2", bz2.open), ("xz", lzma.open)):

    def _packed(path, open_it=_open):
        with open_it(path, "wb") as file:
            pickle.dump(_values(5), file, 5)

    made("std-packed.pkl." + _ending, _opened(_open))(_packed)


def _base64(path):
    with open(path, "rb") as file:
        return {"": pickle.loads(base64.b64decode(file.read()))}


@made("std-text.b64", _base64)
def text(path):
    with open(path, "wb") as file:
        file.write(base64.encodebytes(pickle.dumps(_values(4), 4)))


def _shelf(path):
    with shelve.Shelf(dbm.sqlite3.open(path, "r")) as found:
        return dict(found)


@made("shelve-sqlite.db", _shelf)
def shelf(path):
    if os.path.exists(path):
        os.remove(path)
    with shelve.Shelf(dbm.sqlite3.open(path, "c")) as found:
        found["cups"] = {"count": 3}
        found["plates"] = ["red", 2]


def _dumb(path):
    with shelve.Shelf(dbm.dumb.open(path[:-4], "r")) as found:
        return dict(found)


@made("shelve-dumb.dat", _dumb)
def dumb(path):
    for ending in ("dir", "dat", "bak"):
        if os.path.exists(path[:-3] + ending):
            os.remove(path[:-3] + ending)
    with shelve.Shelf(dbm.dumb.open(path[:-4], "c")) as found:
        found["cups"] = {"count": 3}
        found["plates"] = ["red", 2]
    if os.path.exists(path[:-3] + "bak"):
        os.remove(path[:-3] + "bak")


def _outside(path):
    with open(path, "rb") as file:
        return {"": pickle.load(file, buffers=[b"\1\2", b"\3"])}


@made("std-outside.pkl", _outside)
def outside(path):
    buffers = []
    value = [pickle.PickleBuffer(b"\1\2"), pickle.PickleBuffer(bytearray(b"\3"))]
    with open(path, "wb") as file:
        pickle.Pickler(file, 5, buffer_callback=buffers.append).dump(value)


def _zipped(path):
    with zipfile.ZipFile(path) as found:
        return {name: pickle.loads(found.read(name)) for name in found.namelist()}


@made("std-archive.zip", _zipped)
def archive(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as found:
        found.writestr("a.pkl", pickle.dumps({"a": 1}))
        found.writestr("folder/b.pkl", pickle.dumps(["b"] * 50))


def _tarred(path):
    with tarfile.open(path) as found:
        return {one.name: pickle.load(found.extractfile(one)) for one in found.getmembers()}


@made("std-archive.tar.gz", _tarred)
def tarball(path):
    with tarfile.open(path, "w:gz") as found:
        for name, value in (("a.pkl", {"a": 1}), ("folder/b.pkl", ["b"] * 50)):
            data = pickle.dumps(value)
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            found.addfile(entry, io.BytesIO(data))


@pickled("nested-state.pkl")
def nested():
    """Like a language model's: bytes of packed states in dicts in bytes."""
    import numpy
    import shop

    inner = pickle.dumps({"weights": numpy.ones((2, 2), "f4"), "moves": {"0": {"": 1}}})
    return shop.State(("en", {"lang": "en"}), {"vocab": inner, "strings": ["red", "blue"]}, inner)


if __name__ == "__main__":
    kit.main()

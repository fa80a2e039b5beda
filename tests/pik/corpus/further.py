"""Files of further libraries, under Python 3.13: signed sessions of Django's, Arrow, geopandas, astropy, pydantic and others."""

# mypy: ignore-errors

import pickle
import warnings

import kit
from kit import made, pickled

warnings.simplefilter("ignore")


# Django


class PickleSerializer:
    """As Django had it until 5.0, and as projects that still want it write it themselves."""

    def dumps(self, value):
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def loads(self, data):
        return pickle.loads(data)


def _session(engine):
    """Give a store of sessions whose serializer is ours."""
    from importlib import import_module

    from django.conf import settings

    if not settings.configured:
        settings.configure(SECRET_KEY="not a secret", SESSION_SERIALIZER="__main__.PickleSerializer")
    return import_module(f"django.contrib.sessions.backends.{engine}").SessionStore


_BASKET = {
    "_auth_user_id": "7",
    "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
    "basket": [1, 2, {"price": 1.5}],
    "seen": ["cup"] * 20,
}


def _stored(path):
    with open(path) as file:
        return {"": _session("cache")().decode(file.read())}


@made("django-session-stored.txt", _stored)
def stored(path):
    """What a table of sessions has."""
    with open(path, "w") as file:
        file.write(_session("cache")().encode(_BASKET))


def _cookie(path):
    with open(path) as file:
        return {"": dict(_session("signed_cookies")(file.read().strip()).load())}


@made("django-session-cookie.txt", _cookie)
def cookie(path):
    """So short that it is not packed."""
    session = _session("signed_cookies")()
    session["cups"] = (1, 2)
    with open(path, "w") as file:
        file.write(session._get_session_key() + "\n")


# pandas and Arrow


@pickled("pandas-kinds.pkl")
def kinds():
    import pandas

    return {
        "missing": pandas.DataFrame({
            "text": pandas.array(["a", None, "ccc"], "str"), "python": pandas.array(["a", None, "b"], "string[python]"),
            "int": pandas.array([1, None, 3], "Int64"), "float": pandas.array([1.5, None, 2], "Float32"),
            "bool": pandas.array([True, None, False], "boolean"), "arrow": pandas.array([1, None, 3], "int64[pyarrow]"),
        }),
        "times": pandas.DataFrame({
            "there": pandas.date_range("2026-01-01", periods=3, tz="Europe/Oslo"), "utc": pandas.date_range("2026-01-01", periods=3, tz="UTC"),
            "span": pandas.to_timedelta([1, 2, None], "h"), "month": pandas.period_range("2026-01", periods=3, freq="M"),
            "quarter": pandas.period_range("2026Q1", periods=3, freq="Q"),
        }),
        "others": pandas.DataFrame({
            "between": pandas.interval_range(0, 3), "sparse": pandas.arrays.SparseArray([0, 0, 1]),
            "ordered": pandas.Categorical(["x", "y", None], categories=["y", "x", "z"], ordered=True),
            "object": [None, {"a": 1}, [1, 2]], "complex": [1j, 2, 3],
        }, index=pandas.Index(["r1", "r2", "r3"], name="rows")),
        "na": pandas.NA,
    }  # fmt: skip


@pickled("pandas-levels.pkl")
def levels():
    import pandas

    rows = pandas.DataFrame({"a": [1, 1, 2], "b": [1.0, 2.0, 3.0]})
    both = pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "n"])
    return {
        "pivot": rows.pivot_table(index="a", values="b", aggfunc=["mean", "sum"]), "twice": pandas.DataFrame([[1, 2]], columns=["a", "a"]),
        "series": pandas.Series([1, 2], index=both, name="v"), "empty": pandas.DataFrame(), "turned": rows.T,
        "numbers": pandas.DataFrame({0: [1], 1: ["x"]}), "no rows": pandas.DataFrame(columns=["a", "b"]),
    }  # fmt: skip


@pickled("pandas-arrow.pkl", 5)
def pandas_arrow():
    import pandas
    import pyarrow

    return {
        name: pandas.Series(values, dtype=pandas.ArrowDtype(kind), name=name)
        for name, values, kind in (
            ("list", [[1, 2], [3]], pyarrow.list_(pyarrow.int64())), ("decimal", [1, 2], pyarrow.decimal128(5, 2)),
            ("date", [None, None], pyarrow.date32()), ("bool", [True, None], pyarrow.bool_()),
            ("moment", [pandas.Timestamp("2026-01-01"), None], pyarrow.timestamp("ns")),
            ("words", ["a", "a"], pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
        )
    }  # fmt: skip


@pickled("arrow-kinds.pkl", 5)
def arrow_kinds():
    import pyarrow

    table = pyarrow.table({"a": [1, None], "b": ["x", "y"], "f": [0.5, 1.5]})
    return {
        "table": pyarrow.concat_tables([table, table]), "batch": table.to_batches()[0], "schema": table.schema, "chunked": table["a"],
        "floats": pyarrow.array([1.5, None, 2.5]), "words": pyarrow.array(["a", "b", "a"]).dictionary_encode(),
        "lists": pyarrow.array([[1], [2, 3]]), "structures": pyarrow.array([{"a": 1, "b": "x"}]), "none": pyarrow.nulls(2),
        "moments": pyarrow.array([1], pyarrow.timestamp("us", "UTC")), "type": pyarrow.map_(pyarrow.string(), pyarrow.int8()),
        "scalar": pyarrow.scalar(3), "cut": pyarrow.array(["zero", "one", "two"])[1:],
    }  # fmt: skip


# numpy and scipy


@pickled("numpy-texts.pkl")
def texts():
    import numpy

    kind = numpy.dtypes.StringDType
    return {
        "texts": numpy.array(["a", "longer than sixteen bytes, surely"], kind()),
        "missing": numpy.array(["a", None], kind(na_object=None)),
        "rows": numpy.array([["a"], ["b"]], kind(coerce=False)),
        "kind": kind(),
    }


@pickled("numpy-chance.pkl")
def chance():
    from numpy import random

    return {
        "usual": random.default_rng(3), "philox": random.Generator(random.Philox(1)), "bits": random.SFC64(1), "seed": random.SeedSequence(5),
    }  # fmt: skip


@pickled("numpy-kinds.pkl")
def numpy_kinds():
    import numpy

    objects = numpy.empty(2, object)
    objects[0], objects[1] = numpy.arange(3), [numpy.ones(2), None]
    return {
        "records": numpy.rec.array([(1, 2.5, "x"), (2, 3.5, "y")], dtype=[("a", "i4"), ("b", "f8"), ("c", "U3")]), "objects": objects,
        "nested": numpy.array([(1, [1, 2], (3, b"x"))], [("a", "i2"), ("v", "f4", (2,)), ("n", [("p", "i8"), ("q", "S2")])]),
        "masked": numpy.ma.array([[1.0, 2], [3, 4]], mask=[[0, 1], [0, 0]], fill_value=-9), "steps": numpy.array([1, 2], "M8[25s]"),
        "turned": numpy.arange(4)[::-1], "matrix": numpy.matrix([[1, 2]]), "wide": numpy.array([1 + 2j], "c32"), "ellipsis": numpy.s_[1:2, ...],
    }  # fmt: skip


@pickled("scipy-arrays.pkl")
def scipy_arrays():
    import numpy
    import scipy.sparse

    rows = numpy.array([[0, 1, 0], [2, 0, 3]])
    return {
        kind: getattr(scipy.sparse, f"{kind}_array")(rows) for kind in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
    }


@pickled("scipy-distribution.pkl")
def distribution():
    import scipy.stats

    return scipy.stats.norm(0, 2)


@pickled("scipy-functions.pkl")
def functions():
    import numpy
    import scipy.interpolate
    import scipy.optimize

    x = numpy.arange(5.0)
    return {
        "line": scipy.interpolate.interp1d(x, x**2), "spline": scipy.interpolate.CubicSpline(x, x**2),
        "least": scipy.optimize.minimize(lambda v: (v**2).sum(), [1.0, 2.0], options={"maxiter": 1}),
    }  # fmt: skip


# other libraries


@pickled("xarray-arrays.pkl")
def xarray_arrays():
    import numpy
    import pandas
    import xarray

    warm = xarray.DataArray(
        numpy.arange(6.0).reshape(2, 3), dims=("x", "y"), coords={"x": [10, 20], "y": ["a", "b", "c"]}, name="warm", attrs={"unit": "K"}
    )  # fmt: skip
    days = pandas.date_range("2026-01-01", periods=2)
    return {
        "array": warm,
        "set": xarray.Dataset({"warm": warm, "n": ("time", [1, 2])}, {"time": days}, {"title": "days"}),
    }


@pickled("networkx-kinds.pkl")
def graphs():
    import networkx

    many = networkx.MultiDiGraph()
    many.add_edge(1, 2, key="k", weight=2)
    ring = networkx.cycle_graph(5)
    ring.add_edge(0, 0)
    return {"ring": ring, "many": many, "some": ring.subgraph([0, 1])}


@pickled("geopandas-shapes.pkl")
def shapes():
    import geopandas
    import shapely

    point, box = shapely.Point(1, 2), shapely.box(0, 0, 1, 1)
    rows = geopandas.GeoDataFrame({"n": ["a", "b"]}, geometry=[point, box], crs="EPSG:4326")
    return {
        "point": point, "box": box, "line": shapely.LineString([(0, 0, 1), (1, 1.5, 2)]), "none": shapely.Point(), "rows": rows,
        "column": rows.geometry, "many": shapely.MultiPolygon([box]), "mixed": shapely.GeometryCollection([point, box]),
    }  # fmt: skip


@pickled("astropy-table.pkl")
def table():
    from astropy import units
    from astropy.table import QTable, Table

    return {
        "table": Table({"a": [1, 2], "b": ["x", "y"]}, meta={"k": 1}),
        "masked": Table({"a": [1, 2]}, masked=True),
        "lengths": [1.0, 2.0] * units.m,
        "one": 3.0 * units.m,
        "fluxes": QTable({"v": [1.0, 2.0] * units.s}),
    }


@pickled("pillow-images.pkl")
def images():
    from PIL import Image

    return {"colours": Image.new("RGB", (4, 3), (255, 0, 0)), "grey": Image.new("L", (2, 2), 7)}


@pickled("requests-session.pkl")
def requests_session():
    import requests

    session = requests.Session()
    session.headers["X-Shop"] = "cups"
    response = requests.Response()
    response.status_code, response._content, response.url = 200, b"hello", "https://example.org/"
    return {"session": session, "response": response}


@pickled("pydantic-models.pkl")
def models():
    import further_classes

    boss = further_classes.Person(name="Ann", tags=["x"])
    return {
        "person": further_classes.Person(name="Bob", boss=boss), "size": further_classes.Size(1, [2]), "fixed": further_classes.Fixed(1),
    }  # fmt: skip


@pickled("lightgbm-model.pkl")
def lightgbm_model():
    import lightgbm
    import numpy

    x = numpy.random.default_rng(1).normal(size=(40, 3)).round(3)
    return lightgbm.LGBMRegressor(n_estimators=2, num_leaves=3, min_child_samples=2, verbose=-1).fit(
        x, numpy.arange(40) % 3
    )


@pickled("gensim-dictionary.pkl")
def dictionary():
    from gensim.corpora import Dictionary

    made = Dictionary([["a", "red", "fox"], ["a", "blue", "fox"]])
    made.lifecycle_events = []  # which would name the machine
    return made


@made("sklearn-cloudpickle.pkl")
def pipeline(path):
    import cloudpickle
    import pandas
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

    rows = pandas.DataFrame({"a": [1.0, 2, 3], "b": ["x", "y", "x"]})
    twice = eval(compile("lambda v: v * 2", "notebook.py", "eval"), {"__name__": "__main__"})
    change = ColumnTransformer([("n", FunctionTransformer(twice), ["a"]), ("o", OneHotEncoder(), ["b"])])
    with open(path, "wb") as file:
        cloudpickle.dump(Pipeline([("change", change), ("line", Ridge())]).fit(rows, [1, 2, 3]), file)


if __name__ == "__main__":
    kit.main()

"""Make `fixtures.json`: pickles by real libraries, and what their live objects say of themselves.

Run it by a Python that has the libraries, once for each set of versions; what another has made stays:

    python -m venv new && new/bin/pip install numpy pandas scipy scikit-learn dill cloudpickle networkx
    new/bin/python tests/pik/tree/make_fixtures.py new
    (Python 3.8)  pip install numpy==1.17.5 pandas==0.25.3 "scipy<1.5" scikit-learn==0.22.2.post1
    old/bin/python tests/pik/tree/make_fixtures.py old

Each row is a name and a pickle in base64, then claims: a path of the tree, and the facts or the text that the node there has.
The facts are taken from the live objects, by the libraries' own attributes, never from the tree.
"""

# mypy: ignore-errors

import base64
import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent


def array(values, name="ndarray"):
    """Say what an array is."""
    flat = values.ravel()
    facts = {"shape": list(values.shape), "dtype": str(values.dtype), "first": flat[:6].tolist()}
    if values.dtype.kind in "iuf" and flat.size:
        facts.update(min=flat.min().item(), max=flat.max().item())
    return {"type": name, "facts": facts}


def column(values):
    """Say what a column is."""
    return {"facts": {"shape": list(values.shape), "dtype": str(values.dtype)}}


def numpy_rows():
    """Yield arrays of all kinds."""
    arrays = {
        "ints": np.arange(5), "rows": np.arange(6.0).reshape(2, 3), "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "big endian": np.arange(3, dtype=">i2"), "halves": np.array([0.5, -2], "f2"), "none": np.zeros((0, 3)),
        "long": np.arange(100, dtype="u1"), "texts": np.array(["a", "bcd"]), "one": np.array(5),
        "cube": np.asfortranarray(np.arange(24).reshape(2, 3, 4)),
    }  # fmt: skip
    for protocol in (0, 2, min(5, pickle.HIGHEST_PROTOCOL)):
        yield (
            f"numpy, protocol {protocol}",
            arrays,
            protocol,
            {f"['{name}']": array(one) for name, one in arrays.items()},
        )
    others = {
        "moments": np.array(["2020-01-02", "NaT"], "M8[ns]"), "record": np.array([(1, 2.5)], [("a", "i8"), ("b", "f4")]),
        "objects": np.array([1, "a", None], object), "masked": np.ma.array([1, 2, 3], mask=[0, 1, 0]),
        "float": np.float64(1.5), "int": np.int32(3), "dtype": np.dtype("f4"),
    }  # fmt: skip
    yield "numpy, others", others, 4, {
        "['moments']": {"facts": {"first": ["2020-01-02", "NaT"], "dtype": "datetime64[ns]"}},
        "['record']": {"facts": {"fields": ["a", "b"], "first": [[1, 2.5]]}},
        "['objects'][1]": {"text": "'a'"},
        "['masked']": {"type": "MaskedArray", "facts": {"masked": 1}},
        "['float']": {"type": "float64", "text": "1.5"},
        "['int']": {"type": "int32", "text": "3"},
        "['dtype']": {"text": "float32"},
    }  # fmt: skip


def pandas_rows():
    """Yield frames, series, indexes and times."""
    frame = pd.DataFrame({
        "i": [1, 2, 3], "f": [1.5, 2, None], "s": ["x", "y", "z"], "d": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
        "c": pd.Categorical(["u", "v", "u"]), "j": [4, 5, 6], "b": [True, False, True],
    })  # fmt: skip
    claims = {f"['{name}']": column(frame[name]) for name in frame}
    claims[""] = {"type": "DataFrame", "facts": {
        "shape": list(frame.shape), "columns": list(frame.columns), "dtypes": [str(kind) for kind in frame.dtypes],
    }}  # fmt: skip
    claims["['j']"]["facts"].update(first=[4, 5, 6], min=4, max=6)
    claims["['c']"]["facts"].update(first=["u", "v", "u"])
    yield "pandas, frame", frame, 4, claims
    rest = {
        "named": pd.Series([1, 2], index=["a", "b"], name="n"), "range": pd.RangeIndex(3, 30, 2),
        "days": pd.date_range("2020", periods=3, tz="UTC"),
        "both": pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["x", "y"]),
        "moment": pd.Timestamp("2020-01-01 10:00"), "span": pd.Timedelta("1h"), "never": pd.NaT,
        "missing": pd.array([1, None, 3], dtype="Int64"),
    }  # fmt: skip
    yield "pandas, others", rest, 4, {
        "['named']": {"type": "Series", "facts": {"name": "n", "first": [1, 2], "dtype": str(rest["named"].dtype)}},
        "['named'].index": {"facts": {"first": ["a", "b"]}},
        "['range']": {"facts": {"start": 3, "stop": 30, "step": 2}},
        "['days']": {"facts": {"dtype": str(rest["days"].dtype), "first": ["2020-01-01", "2020-01-02", "2020-01-03"]}},
        "['both']": {"facts": {"levels": 2, "names": ["x", "y"], "shape": [4]}},
        "['moment']": {"text": "2020-01-01T10:00:00"},
        "['span']": {"text": "01:00:00"},
        "['never']": {"text": "NaT"},
        "['missing']": {"facts": {"dtype": "Int64", "first": [1, "<NA>", 3]}},
    }  # fmt: skip


def science_rows():
    """Yield sparse matrices and fitted models."""
    sparse = {kind: getattr(scipy.sparse, kind + "_matrix")(np.eye(3)) for kind in ("csr", "csc", "coo", "lil", "dok")}
    yield "scipy", sparse, 4, {
        f"['{kind}']": {"type": f"{kind}_matrix", "facts": {"shape": [3, 3], "stored": 3}} for kind in sparse
    }  # fmt: skip
    points = np.random.RandomState(0).rand(20, 2)
    labels = (points[:, 0] > 0.5).astype(int)
    forest = RandomForestClassifier(2, random_state=0).fit(points, labels)
    tree = forest.estimators_[1].tree_
    yield "scikit-learn, forest", forest, 4, {
        "": {"type": "RandomForestClassifier"},
        ".n_estimators": {"text": "2"},
        ".classes_": array(forest.classes_),
        ".estimators_": {"count": 2},
        ".estimators_[1].tree_": {"facts": {"node_count": tree.node_count, "max_depth": tree.max_depth}},
        ".estimators_[1].tree_.nodes": {"facts": {"shape": [tree.node_count]}},
    }  # fmt: skip
    line = make_pipeline(StandardScaler()).fit(points, labels)
    yield "scikit-learn, pipeline", line, 2, {".steps[0][1].mean_": array(line.steps[0][1].mean_)}


def function_rows():
    """Yield functions and classes of dill and cloudpickle."""
    try:
        import cloudpickle
        import dill
    except ImportError:
        return
    rate = 3

    def price(amount, *more, tax=0.2, **rest):  # noqa: ARG001  # it is only looked at
        return sum(more, amount) * rate + tax

    class Basket:
        def twice(self):
            return 2 * self.size

    basket = Basket()
    basket.size = 7
    Basket.__module__ = price.__module__ = "shop"
    signature = "price(amount, *more, tax, **rest)"
    for library in (cloudpickle, dill):
        yield f"{library.__name__}, function", library.dumps(price, protocol=4), None, {
            "": {"kind": "function", "facts": {"name": "price", "signature": signature[5:], "names": ["sum"]}}
        }  # fmt: skip
        yield f"{library.__name__}, class", library.dumps(basket, protocol=4), None, {
            "": {"type": "Basket", "module": "shop"}, ".size": {"text": "7"},
        }  # fmt: skip


def main():
    """Write the rows of one set of versions."""
    name = sys.argv[1]
    path = HERE / "fixtures.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known = {key: row for key, row in known.items() if not key.startswith(name + ": ")}
    for rows in (numpy_rows, pandas_rows, science_rows, function_rows):
        for title, value, protocol, claims in rows():
            data = value if protocol is None else pickle.dumps(value, protocol)
            known[f"{name}: {title}"] = {"pickle": base64.b64encode(data).decode(), "claims": claims}
    body = ",\n".join(f"{json.dumps(key)}: {json.dumps(known[key])}" for key in sorted(known))
    path.write_text("{\n" + body + "\n}\n")


main()

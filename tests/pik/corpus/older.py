"""Files of libraries of some years ago: numpy 1.21, pandas 1.1, scikit-learn 0.24, joblib 1.0, Django 3.2, under Python 3.8."""

# mypy: ignore-errors

import pickle
import warnings

import kit
from kit import frame, load_dill, load_joblib, load_npz, load_pandas, made, pickled

warnings.simplefilter("ignore")


def _x():
    import numpy

    return numpy.random.RandomState(1).normal(size=(40, 3)).round(3), numpy.arange(40) % 3


@pickled("older-sklearn-forest.pkl", 3)
def forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=2, max_depth=2, random_state=0).fit(*_x())


@pickled("older-sklearn-svm.pkl", 2)
def svm():
    from sklearn.svm import SVC

    return SVC(gamma=0.1).fit(*_x())


@made("older-joblib.joblib", load_joblib)
def joblib_plain(path):
    import joblib
    from sklearn.linear_model import LinearRegression

    joblib.dump(LinearRegression().fit(*_x()), path)


@made("older-joblib-packed.joblib", load_joblib)
def joblib_packed(path):
    import joblib
    import numpy

    joblib.dump([numpy.arange(6), {"a": numpy.eye(2)}, "after"], path, compress=3)


for _protocol in (2, 4):

    def _make(path, protocol=_protocol):
        frame().to_pickle(path, protocol=protocol)

    made("older-pandas-protocol%d.pkl" % _protocol, load_pandas)(_make)


@pickled("older-pandas-series.pkl", 4)
def series():
    import pandas

    return {
        "numbers": pandas.Series([1, 2, 3], name="n"),
        "stamp": pandas.Timestamp("2026-01-02 03:04:05", tz="UTC"),
        "span": pandas.Timedelta("1 days"),
        "days": pandas.date_range("2026-01-01", periods=3),
    }


@pickled("older-numpy-arrays.pkl", 2)
def arrays():
    import numpy

    return {
        "ints": numpy.arange(6).reshape(2, 3), "one": numpy.float32(0.5), "objects": numpy.array(["a", None], object),
        "matrix": numpy.matrix([[1, 2]]), "chance": numpy.random.RandomState(1), "rows": numpy.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]),
    }  # fmt: skip


@made("older-numpy.npz", load_npz)
def npz(path):
    import numpy

    numpy.savez(path, arr=numpy.arange(3), what=numpy.array({"a": 1}))


def _session(path):
    import base64

    with open(path, "rb") as file:
        return {"": pickle.loads(base64.b64decode(file.read()).split(b":", 1)[1])}


@made("older-django-session.txt", _session)
def session(path):
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            SECRET_KEY="not a secret", SESSION_SERIALIZER="django.contrib.sessions.serializers.PickleSerializer"
        )
    from django.contrib.sessions.backends.base import SessionBase

    with open(path, "w") as file:
        file.write(SessionBase()._legacy_encode({"_auth_user_id": "7", "basket": [1, 2]}))


@made("older-cloudpickle.pkl")
def cloud(path):
    import cloudpickle

    rate = 3
    with open(path, "wb") as file:
        cloudpickle.dump(lambda amount, tax=0.2: amount * rate * (1 + tax), file)


@made("older-dill.pkl", load_dill)
def dill_function(path):
    import dill

    with open(path, "wb") as file:
        dill.dump(lambda n: n + 1, file)


if __name__ == "__main__":
    kit.main()

"""What the recipes are written with: a name, a function that writes the file, one that really loads it. Runs on 2.7 too."""

# mypy: ignore-errors

import json
import os
import sys

#: (name of the file, function that writes it to a path, function that loads it from a path: {member: value})
RECIPES = []


def load_pickle(path):
    """Load a file's one pickle with C, as its user would."""
    import pickle

    with open(path, "rb") as file:
        return {"": pickle.load(file)}


def load_joblib(path):
    """Load a file as joblib does."""
    import joblib

    return {"": joblib.load(path)}


def load_pandas(path):
    """Load a file as pandas does, packed or not."""
    import pandas

    return {"": pandas.read_pickle(path)}


def load_npz(path):
    """Load the arrays of an archive of numpy's."""
    import numpy

    with numpy.load(path, allow_pickle=True) as found:
        return {name: found[name] for name in found.files}


def load_dill(path):
    """Load a file as dill does."""
    import dill

    with open(path, "rb") as file:
        return {"": dill.load(file)}


def frame():
    """Make a frame with a column of each common kind."""
    import pandas

    return pandas.DataFrame({
        "city": ["Oslo", "Rome", "Lima", "Bonn"],
        "size": [1, 2, 3, 4],
        "share": [0.5, 1.5, float("nan"), -2.0],
        "open": [True, False, True, True],
        "since": pandas.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]),
        "kind": pandas.Categorical(["a", "b", "a", "b"]),
    })  # fmt: skip


def made(name, load=load_pickle):
    """Register a function that writes a file to the path that it is given."""

    def register(make):
        RECIPES.append((name, make, load))
        return make

    return register


def pickled(name, protocol=4):
    """Register a function whose value is pickled."""

    def register(value):
        def make(path):
            import pickle

            with open(path, "wb") as file:
                pickle.dump(value(), file, protocol)

        RECIPES.append((name, make, load_pickle))
        return value

    return register


def main():
    """Write the files into a folder, and print as JSON what each is when it is loaded; those alone that are named, if any are."""
    folder = sys.argv[1]
    wanted = os.environ.get("CORPUS_FILES", "").split()
    told = {}
    for name, make, load in RECIPES:
        if wanted and name not in wanted:
            continue
        path = os.path.join(folder, name)
        try:
            make(path)
        except Exception as error:
            sys.stderr.write("%s: %r\n" % (name, error))
            continue
        if sys.version_info[0] > 2:
            told[name] = described(path, load)
    sys.stdout.write(json.dumps(told))


def described(path, load):
    """Load a file, and describe the value of each of its members."""
    from describe import describe

    return {member: describe(value) for member, value in load(path).items()}

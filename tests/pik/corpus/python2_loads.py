"""What Python 3 makes of the files of Python 2, whose text is read as latin1."""

# mypy: ignore-errors

import glob
import json
import os
import pickle
import sys

import kit


def _load(path):
    with open(path, "rb") as file:
        return {"": pickle.load(file, encoding="latin1")}


if __name__ == "__main__":
    told = {
        os.path.basename(path): kit.described(path, _load) for path in glob.glob(os.path.join(sys.argv[1], "python2-*"))
    }
    sys.stdout.write(json.dumps(told))

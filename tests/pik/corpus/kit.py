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
    """Write the files into a folder, and print as JSON what each is when it is loaded."""
    folder = sys.argv[1]
    told = {}
    for name, make, load in RECIPES:
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

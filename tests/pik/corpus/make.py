"""Make the files of the corpus anew, and `expected.json`: what each is when its own library really loads it.

    python -m tests.pik.corpus.make [NAME[:FILE]]...

Each part runs in an environment of its own, which is kept (see `tests/environments.py`). Versions stand here and nowhere else;
what is loaded is our own. PyTorch comes as the CPU's wheel where pip finds one, else not at all; the files that another
part has made stay as they are, and so does what is said of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.environments import with_packages
from tests.pythons import Python, found

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
EXPECTED = HERE / "expected.json"

MODERN = (
    "scikit-learn==1.9.1", "pandas==3.1.1", "numpy==2.5.5", "joblib==1.6.0", "dill==0.4.1", "cloudpickle==3.1.3",
    "xarray==2026.9.0", "networkx==3.7", "celery==5.7.0", "django==6.1.3", "statsmodels==0.15.0", "polars==2.1.0",
    "sympy==1.14.0", "pyarrow==26.0.1", "lz4",
)  # fmt: skip
OLDER = (
    "scikit-learn==0.24.2", "pandas==1.1.5", "numpy==1.21.6", "joblib==1.0.1", "dill==0.3.4", "cloudpickle==1.6.0",
    "django==3.2.25",
)  # fmt: skip
FURTHER = (
    "django==6.1.3", "pandas==3.1.1", "numpy==2.5.5", "pyarrow==26.0.1", "scipy==1.18.1", "scikit-learn==1.9.1", "cloudpickle==3.1.3",
    "xarray==2026.9.0", "networkx==3.7", "geopandas==1.2.0", "shapely==2.2.0", "astropy==8.0.2", "pillow==13.0.0", "requests==2.34.2",
    "pydantic==2.14.4", "attrs==26.1.0", "lightgbm==4.7.0", "gensim==4.4.0",
)  # fmt: skip
LANGUAGE = ("spacy==3.8.18", "nltk==3.10.4", "numpy==2.5.5")
TORCH = ("torch==2.13.0+cpu", "numpy==2.4.6")

#: name -> Python, packages, scripts with what follows the folder. Another script of PyTorch's was run once by Debian's 1.13.
PARTS: dict[str, tuple[tuple[int, int], tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "modern": ((3, 13), MODERN, (("modern.py",),)),
    "older": ((3, 8), OLDER, (("older.py",),)),
    "python2": ((2, 7), (), (("python2.py",),)),
    "python2 as loaded": ((3, 13), MODERN, (("python2_loads.py",),)),
    "further": ((3, 13), FURTHER, (("further.py",),)),
    "language": ((3, 12), LANGUAGE, (("language.py",),)),
    "python3.14": ((3, 14), (), (("newer.py", "python314-"),)),
    "python3.15": ((3, 15), (), (("newer.py", "python315-"),)),
    "torch": ((3, 11), TORCH, (("torched.py", "torch-"),)),
}


def _interpreter(minor: tuple[int, int], packages: tuple[str, ...], name: str) -> str:
    """Return a Python with the packages."""
    python: Python = next(one for one in found() if one.minor == minor and one.implementation == "cpython")
    return str(with_packages(python, packages, f"pik-{name.split()[0]}")) if packages else python.path


def run(name: str, files: str = "") -> dict[str, object]:
    """Write one part's files, those of some names or all, and return what is said of them."""
    minor, packages, scripts = PARTS[name]
    told: dict[str, object] = {}
    for script, *more in scripts:
        interpreter = _interpreter(minor, packages, "modern" if packages is MODERN else name)
        command = [interpreter, str(HERE / script), str(FILES), *more]
        env = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "CUDA_VISIBLE_DEVICES": "",
            "CORPUS_FILES": files,
        }
        told.update(json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout))
    return told


def main() -> None:
    """Make the parts, or single files of parts, that are named; or all."""
    FILES.mkdir(exist_ok=True)
    told = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    for name in sys.argv[1:] or PARTS:
        part, _, one = name.partition(":")
        told.update(run(part, one))
    for path in FILES.iterdir():
        if path.name.endswith(("-shm", "-wal")):
            path.unlink()
    write(told)


def write(told: dict[str, object]) -> None:
    """Write what is expected: a file a line."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(told[name], sort_keys=True)}" for name in sorted(told))
    EXPECTED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

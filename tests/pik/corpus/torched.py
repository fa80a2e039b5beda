"""PyTorch's files: checkpoints as a zip, those before, modules, TorchScript. Runs with any PyTorch; `sys.argv[2]` stands before the names."""

# mypy: ignore-errors

import collections
import sys
import warnings

import kit
import torch
from kit import made

warnings.simplefilter("ignore")
torch.manual_seed(0)
FIRST = sys.argv[2]


def _load(path):
    try:
        return {"": torch.load(path, weights_only=False)}
    except TypeError:
        return {"": torch.load(path)}


def _saved(name, zipped=True):
    def register(value):
        made(FIRST + name, _load)(lambda path: torch.save(value(), path, _use_new_zipfile_serialization=zipped))
        return value

    return register


def _net():
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))


@_saved("state.pt")
@_saved("state-legacy.pt", False)
def state():
    return _net().state_dict()


@_saved("module.pt")
@_saved("module-legacy.pt", False)
def module():
    return _net()


@_saved("checkpoint.pt")
def checkpoint():
    net = _net()
    chosen = torch.optim.Adam(net.parameters(), lr=0.01)
    net(torch.ones(1, 3)).sum().backward()
    chosen.step()
    return {"epoch": 3, "model": net.state_dict(), "optimizer": chosen.state_dict(), "loss": 0.25, "name": "tiny"}


@_saved("tensors.pt")
@_saved("tensors-legacy.pt", False)
def tensors():
    base = torch.arange(12.0).reshape(3, 4)
    return collections.OrderedDict(
        floats=base, view=base[1:, ::2], turned=base.t(), halves=torch.tensor([0.5, -2.0], dtype=torch.float16),
        brain=torch.tensor([1.0, 3.0], dtype=torch.bfloat16), ints=torch.tensor([[1, -2]]), bytes=torch.tensor([1, 255], dtype=torch.uint8),
        bools=torch.tensor([True, False]), one=torch.tensor(7), none=torch.zeros(0, 3), complex=torch.tensor([1 + 2j]),
        parameter=torch.nn.Parameter(torch.ones(2)), size=base.size(), kind=torch.float32, doubles=torch.tensor([0.1], dtype=torch.float64),
    )  # fmt: skip


@_saved("sparse.pt")
def sparse():
    return {"sparse": torch.sparse_coo_tensor([[0, 1], [1, 0]], [3.0, 4.0], (2, 2))}


def _loaded(path):
    import pickle

    with open(path, "rb") as file:
        return {"": pickle.load(file)}


@made(FIRST + "pickled.pkl", _loaded)
def alone(path):
    """As `pickle` writes it, without PyTorch's help."""
    import pickle

    with open(path, "wb") as file:
        pickle.dump({"tensor": torch.arange(3), "layer": torch.nn.Linear(1, 1)}, file, 4)


def _scripted(path):
    return {}


@made(FIRST + "script.pt", _scripted)
def script(path):
    torch.jit.script(torch.nn.Linear(2, 1)).save(path)


if __name__ == "__main__":
    kit.main()

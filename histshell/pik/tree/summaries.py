"""A line about objects whose parts are shown as those of any object: graphs, labelled arrays, tables of astropy's, images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from histshell.pik.files.bounds import counted
from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import labels
from histshell.pik.tree.array_values import array_of
from histshell.pik.tree.generic import object_node
from histshell.pik.tree.model import Child, Node
from histshell.pik.tree.placed import Made, made
from histshell.preview import clip, printable, show

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_MOST = 100_000  # nodes of a graph whose edges are counted
_FEW = 8  # dimensions that are named
_TEXT = 200
_PLAIN = (str, int, float)


def _graph(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a graph of networkx': how many nodes and edges it has."""
    inside = given.attributes()
    nodes, near = inside.get("_node"), inside.get("_adj", inside.get("_succ"))
    if type(nodes) is not dict or type(near) is not dict:
        return None
    node = object_node(maker, thing, given)
    node.text = counted(len(nodes), "node")
    node.facts = {"nodes": len(nodes)}
    if len(near) <= _MOST:
        ends = loops = 0
        for one, others in near.items():
            for other, edges in others.items():
                many = len(edges) if "Multi" in given.short else 1
                ends += many
                loops += many * (other is one or type(one) in _PLAIN and type(other) is type(one) and other == one)
        node.facts["edges"] = ends if "Di" in given.short else (ends + loops) // 2
        node.text += f", {counted(node.facts['edges'], 'edge')}"
    return node


def _dimensions(pairs: Any) -> str:
    """Write dimensions with their lengths: ``x: 2, y: 3``."""
    found = list(pairs)
    words = ", ".join(f"{show(name, total=40).strip(chr(39))}: {size}" for name, size in found[:_FEW])
    return f"{words}{', …' * (len(found) > _FEW)}"


def _variable(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array of xarray's: its dimensions and its dtype."""
    inside = given.attributes()
    own = made(inside["_variable"]).attributes() if type(inside.get("_variable")) is Placeholder else inside
    array = array_of(maker, own.get("_data"))
    dims = own.get("_dims")
    if array is None or type(dims) is not tuple or len(dims) != len(array.shape):
        return None
    node = object_node(maker, thing, given)
    node.facts = {"dims": [show(name, total=40) for name in dims], "shape": list(array.shape), "dtype": str(array.kind)}
    node.text = clip(f"{_dimensions(zip(dims, array.shape))}  {printable(str(array.kind))}", _TEXT)
    return node


def _set(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a set of xarray's arrays."""
    inside = given.attributes()
    dims, variables = inside.get("_dims"), inside.get("_variables")
    if type(dims) is not dict or type(variables) is not dict or not all(type(size) is int for size in dims.values()):
        return None
    node = object_node(maker, thing, given)
    node.facts = {"dims": list(map(str, dims.values())), "variables": len(variables)}
    node.text = clip(f"{_dimensions(dims.items())}  {counted(len(variables), 'variable')}", _TEXT)
    return node


def _table(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a table of astropy's: its columns by their names, and what is said of it."""
    columns, meta = given.state
    nodes = [(name, maker.node(column)) for name, column in columns.items()]
    rows = nodes[0][1].count if nodes else 0
    facts = {"columns": [name for name, _ in nodes if type(name) is str][:100], "rows": rows}
    node = Node("frame", given.short, printable(given.module), f"({rows}, {len(nodes)})", len(nodes), facts)
    node.identity = maker.number(thing)

    def children() -> Iterator[Child]:
        for name, column in nodes:
            yield labels.key(name), column
        yield ".meta", maker.node(meta)

    node.children = children
    return node


def _image(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an image of PIL's: its width, height and mode."""
    _, mode, size = given.state[:3]
    if type(mode) is not str or type(size) is not tuple or [*map(type, size)] != [int, int]:
        return None
    node = object_node(maker, thing, given)
    node.text = f"{size[0]}×{size[1]} {clip(printable(mode), 20)}"
    node.facts = {"size": list(size), "mode": mode[:20]}
    return node


_LENGTHS = {0xD9: 1, 0xDA: 2, 0xDB: 4}  # bytes of a text's length in MessagePack
_DOC = {
    "unpickle_doc": "Doc",
    "unpickle_vocab": "Vocab",
    "unpickle_vectors": "Vectors",
    "unpickle_morphology": "Morphology",
}


def _spacy(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of what spaCy's functions give; of a document with its text."""
    node = object_node(maker, thing, given)
    node.type, node.module = _DOC[given.name], printable(given.module)
    if given.name == "unpickle_doc" and type(given.args[2]) is bytes:
        words = _text_in(given.args[2])
        node.text, node.facts = show(words, total=_TEXT), {"length": len(words)}
    return node


def _text_in(packed: bytes) -> str:
    """Find the text of a document, which spaCy writes as MessagePack. Raises ValueError or IndexError where it has none."""
    at = packed.index(b"\xa4text") + 5
    size = packed[at] & 31 if packed[at] & 0xE0 == 0xA0 else -1
    width = _LENGTHS.get(packed[at], 0)
    at += 1
    if width:
        size = int.from_bytes(packed[at : at + width], "big")
    raw = packed[at + width : at + width + size]
    if size < 0 or len(raw) < size:
        raise ValueError("no text")
    return raw.decode()


TABLE: dict[str, Any] = {
    **{f"spacy.{name}": _spacy for name in _DOC},
    **{f"networkx.{kind}": _graph for kind in ("Graph", "DiGraph", "MultiGraph", "MultiDiGraph")},
    **{f"xarray.{kind}": _variable for kind in ("DataArray", "Variable", "IndexVariable")},
    "xarray.Dataset": _set,
    "astropy.Table": _table,
    "astropy.QTable": _table,
    "PIL.Image": _image,
}

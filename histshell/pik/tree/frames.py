"""pandas' frames, series, indexes and times, of the versions from 0.20 to 3, understood from what a stream says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, NamedTuple

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_nodes import array_node, plain, written
from histshell.pik.tree.array_values import WRONG, Array, array_of
from histshell.pik.tree.column_kinds import Coded, Column, Mapped, periods
from histshell.pik.tree.columns import Values, frequency, index_values, parts_of, span_of, values_of, zone
from histshell.pik.tree.generic import attributes
from histshell.pik.tree.labels import key as key_label
from histshell.pik.tree.model import Child, Node
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import clip, printable

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_FIRST = 6
_MOST_COLUMNS = 20_000
_NAMED = 100  # columns that are named for programs
_RESOLUTIONS = {7: "s", 8: "ms", 9: "us", 10: "ns"}
_TEXT = 200


def _named(inside: dict[str, Any]) -> str:
    """Give the name of a series or an index, in words."""
    name = inside.get("name", inside.get("_name"))
    return f"named {key_label(name)[1:-1]}" if name is not None and type(name) is not Placeholder else ""


def _name(node: Node, inside: dict[str, Any]) -> None:
    """Note the name of a series or an index for programs."""
    name = inside.get("name", inside.get("_name"))
    if name is not None and type(name) is not Placeholder:
        node.facts["name"] = plain(name)


def _index(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an index."""
    inside = parts_of(given)
    found = index_values(maker, thing)
    if found is None:
        return None
    node = array_node(maker, found.array, given.short, printable(given.module), thing)
    if given.short == "RangeIndex":
        span = span_of(inside)
        node.text = str(span)
        node.facts.update(start=span.start, stop=span.stop, step=span.step)
        node.whole = True
    else:
        node.text = _retold(node.text, found)
    node.facts["dtype"] = found.dtype
    _name(node, inside)
    node.text = clip("  ".join(filter(None, (node.text, _named(inside)))), _TEXT)
    node.flat = node.whole = True
    return node


def _retold(words: str, found: Values) -> str:
    """Put pandas' name of the dtype in the place of numpy's."""
    head, _, tail = words.partition("  ")
    shape = head.partition(") ")[0] + ")"
    return "  ".join(filter(None, (f"{shape} {found.dtype}", tail)))


def _multi_index(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an index of several levels."""
    inside = parts_of(given)
    found = index_values(maker, thing)
    if found is None:
        return None
    levels = list(inside["levels"])
    size = found.array.size
    names = [name for name in inside.get("names") or [] if type(name) is not Placeholder]
    first = ", ".join(map(written, found.array.first(_FIRST)))
    words = f"({size},) of {len(levels)} levels  [{first}{f', … {size - _FIRST:,} more' if size > _FIRST else ''}]"
    if any(name is not None for name in names):
        words += f"  named {', '.join(key_label(name)[1:-1] for name in names)}"
    facts = {"shape": [size], "levels": len(levels), "names": [plain(name) for name in names]}
    node = Node(
        "array", "MultiIndex", printable(given.module), clip(words, _TEXT), size, facts, identity=maker.number(thing)
    )
    node.children = lambda: maker.items(levels)
    return node


# ---------------------------------------------------------------------- frames and series


class Block(NamedTuple):
    """A block of a frame: its values, and which columns they are."""

    values: Any
    places: Any


def _manager(given: Made) -> Made | None:
    """Give the manager of the blocks."""
    inside = given.attributes()
    manager = inside.get("_mgr", inside.get("_data"))
    return made(manager) if type(manager) is Placeholder else None


def _blocks(manager: Made) -> tuple[list[Block], list[Any]]:
    """Give the blocks and the axes that a manager has. Raises where it is none that is known."""
    for state in manager.states:
        if type(state) is tuple and len(state) >= 4 and type(state[3]) is dict:
            inside: dict[Any, Any] = state[3][_key(state[3], "0.14.1")]
            parts = [{text(name): part for name, part in block.items()} for block in inside[_key(inside, "blocks")]]
            return [Block(part["values"], part["mgr_locs"]) for part in parts], list(inside[_key(inside, "axes")])
        if type(state) is tuple and len(state) >= 3:
            return [Block(values, None) for values in state[1]], list(state[0])
    blocks, axes = manager.args[:2]
    if type(blocks) is Placeholder:
        blocks, axes = [blocks], [axes]
    return [_block(made(block)) for block in blocks], list(axes)  # pandas from 1.3 on


def _key(inside: dict[Any, Any], name: str) -> Any:
    return name if name in inside else name.encode()


def _block(given: Made) -> Block:
    """Read a block of a manager."""
    if type(given.args) is tuple and given.args and type(given.args[0]) is Placeholder:
        kwargs = given.kwargs or {}
        places = given.args[1] if len(given.args) > 1 else kwargs.get("placement")
        return Block(given.args[0], places)
    inside = given.attributes()
    if "values" in inside:
        return Block(inside["values"], inside.get("_mgr_locs", inside.get("mgr_locs")))
    for state in given.states:
        if type(state) is tuple and len(state) >= 2:
            return Block(state[1], state[0])
    raise ValueError("no block")


def _places(maker: Maker, places: Any, many: int) -> list[int]:
    """Give the numbers of a block's columns."""
    if type(places) is slice:
        return list(range(places.start or 0, places.stop, places.step or 1)[:many])
    array = array_of(maker, places)
    if array is not None:
        if array.elsewhere:
            raise ValueError("which columns they are is not in the stream")
        return array.first(array.size)
    if type(places) is Placeholder and type(made(places).args) is tuple:  # a BlockPlacement
        return _places(maker, made(places).args[0], many)
    return list(range(many))


def _columns(maker: Maker, blocks: list[Block]) -> dict[int, Any]:
    """Give the values of each column, by its number."""
    found: dict[int, Any] = {}
    for block in blocks[:_MOST_COLUMNS]:
        values = values_of(maker, block.values)
        if values is None:
            for place in _places(maker, block.places, 1):
                found[place] = block.values
            continue
        array = values.array
        if len(array.shape) == 1:
            for place in _places(maker, block.places, 1):
                found[place] = values
            continue
        many = min(array.shape[0], _MOST_COLUMNS - len(found))
        for row, place in enumerate(_places(maker, block.places, many)[:many]):
            found[place] = Values(values.dtype, _row(array, row))
    return found


def _row(array: Array, row: int) -> Array:
    """Give one row of a block."""
    if isinstance(array, Coded):
        return Coded(Column(array.codes, row), array.categories)
    if isinstance(array, Mapped):
        return Mapped(Column(array.inner, row), array.tell)
    return Column(array, row)


def _column_node(maker: Maker, column: Any) -> Node:
    """Make the node of a column."""
    if not isinstance(column, Values):
        return maker.node(column)
    node = array_node(maker, column.array, column.dtype, "")
    node.facts["dtype"] = column.dtype
    node.text = node.text.partition("  ")[2]
    node.flat = node.whole = True
    return node


def _frame(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a frame."""
    manager = _manager(given)
    if manager is None:
        return None
    blocks, axes = _blocks(manager)
    names = index_values(maker, axes[0])
    rows = _length(maker, axes[1])
    columns = _columns(maker, blocks)
    size = names.array.size if names is not None else _length(maker, axes[0])
    named = names.array.first(_NAMED) if names is not None else []
    facts: dict[str, Any] = {"shape": [rows, size], "columns": [plain(name) for name in named]}
    kinds = [columns[number].dtype if isinstance(columns.get(number), Values) else "?" for number in range(len(named))]
    facts["dtypes"] = kinds
    node = Node(
        "frame", given.short, printable(given.module), f"({rows}, {size})", size, facts, identity=maker.number(thing)
    )

    def children() -> Iterator[Child]:
        for number in range(size):
            if number in columns:
                yield maker.key(_name_of(names, number)), _column_node(maker, columns[number])
        yield ".index", maker.node(axes[1])
        if names is None:
            yield ".columns", maker.node(axes[0])

    node.children = children
    return node


def _name_of(names: Values | None, number: int) -> Any:
    """Give the name of a column, its number where it has none that can be told."""
    try:
        return names.array.value(number) if names is not None else number
    except WRONG:
        return number


def _length(maker: Maker, index: Any) -> int:
    """Give the length of an index."""
    found = index_values(maker, index)
    if found is not None:
        return found.array.size
    return maker.node(index).count or 0


def _series(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a series."""
    manager = _manager(given)
    if manager is None:
        return None
    blocks, axes = _blocks(manager)
    found = values_of(maker, blocks[0].values)
    inside = given.attributes()
    if found is None:
        size = _length(maker, axes[0])
        words, facts = f"({size},)  {_named(inside)}".rstrip(), {"shape": [size]}
        node = Node("frame", given.short, printable(given.module), words, facts["shape"][0], dict(facts))
        values = maker.node(blocks[0].values)
    else:
        node = array_node(maker, found.array, given.short, printable(given.module))
        node.kind, node.facts["dtype"] = "frame", found.dtype
        node.text = clip("  ".join(filter(None, (_retold(node.text, found), _named(inside)))), _TEXT)
        values = _column_node(maker, found)
        _name(node, inside)
        node.flat = False
        node.whole = False
    node.identity = maker.number(thing)
    node.children = lambda: iter([(".index", maker.node(axes[0])), (".values", values)])
    return node


# ---------------------------------------------------------------------- times and the rest


def _timestamp(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a moment."""
    value, zoned = given.args[0], given.args[2] if len(given.args) > 2 else None
    unit = _RESOLUTIONS.get(given.args[3], "ns") if len(given.args) > 3 else "ns"
    if type(value) is not int:
        return None
    name = zone(zoned) if zoned is not None else ""
    words = f"{dtypes.date(value, unit)}{f' UTC, shown in {name}' if name not in ('', 'UTC') else f' {name}'.rstrip()}"
    return Node("scalar", "Timestamp", "pandas", words, facts={"value": value, "unit": unit}, whole=True)


def _timedelta(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a difference between moments."""
    unit = _RESOLUTIONS.get(given.args[1], "ns") if len(given.args) > 1 else "ns"
    if type(given.args[0]) is not int:
        return None
    return Node(
        "scalar",
        "Timedelta",
        "pandas",
        dtypes.duration(given.args[0], unit),
        facts={"value": given.args[0]},
        whole=True,
    )


def _not_a_time(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of no moment."""
    return Node("scalar", "NaTType", "pandas", "NaT", whole=True)


def _extension(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array of pandas' own."""
    found = values_of(maker, thing)
    if found is None:
        return None
    node = array_node(maker, found.array, given.short, "pandas", thing)
    node.text = _retold(node.text, found)
    node.facts["dtype"] = found.dtype
    if isinstance(found.array, Coded):
        categories = found.array.categories
        node.facts["categories"] = [plain(value) for value in categories.first(_NAMED)]
        node.text += f"  of {categories.size} categories  [{', '.join(map(written, categories.first(_FIRST)))}]"
    node.text = clip(node.text, _TEXT)
    node.flat = node.whole = True
    node.children = lambda: attributes(maker, given)
    return node


def _period(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a period."""
    of = frequency(given.args[1])
    told = periods(of)(given.args[2])
    return Node("scalar", "Period", "pandas", f"{told} ({of})", facts={"value": str(told), "freq": of}, whole=True)


TABLE: dict[str, Any] = {
    "pandas.DataFrame": _frame,
    "pandas.Series": _series,
    "geopandas.GeoDataFrame": _frame,
    "geopandas.GeoSeries": _series,
    "pandas.Period": _period,
    "pandas.MultiIndex": _multi_index,
    "pandas._unpickle_timestamp": _timestamp,
    "pandas.Timestamp": _timestamp,
    "pandas.Timedelta": _timedelta,
    "pandas._timedelta_unpickle": _timedelta,
    "pandas._nat_unpickle": _not_a_time,
    "pandas.__nat_unpickle": _not_a_time,
    **{
        f"pandas.{kind}Index": _index
        for kind in ("", "Range", "Int64", "UInt64", "Float64", "Numeric", "Datetime", "Timedelta", "Period", "Categorical",
                     "Interval")
    },
    **{
        f"pandas.{kind}": _extension
        for kind in (
            "Categorical", "DatetimeArray", "TimedeltaArray", "PeriodArray", "IntegerArray", "FloatingArray", "BooleanArray",
            "StringArray", "ArrowStringArray", "ArrowExtensionArray", "PandasArray", "NumpyExtensionArray",
            "IntervalArray", "SparseArray",
        )
    },
}  # fmt: skip

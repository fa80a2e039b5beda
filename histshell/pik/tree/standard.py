"""Objects of the standard library that are not on the safe list, or were made with something that is not: dates, paths, records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.columns import zone
from histshell.pik.tree.generic import attributes, object_node
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made, text
from histshell.preview import clip, printable, show

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker


def _datetime(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a date and time in a zone that is not made."""
    import datetime

    packed, zoned = given.args[:2]
    raw = packed.encode("latin-1") if type(packed) is str else packed
    if type(raw) is not bytes or len(raw) not in (6, 10):
        return None
    kind: Any = datetime.datetime if len(raw) == 10 else datetime.time
    return Node("scalar", given.short, "datetime", f"{kind(raw)} {zone(zoned)}".rstrip(), whole=True)


def _path(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a path."""
    if not given.args or not all(type(part) is str for part in given.args):
        return None
    joined = "/".join(given.args).replace("//", "/", 1)
    return Node(
        "scalar", given.short, "pathlib", show(joined, total=200), facts={"value": printable(joined[:200])}, whole=True
    )


def _zone(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a time zone."""
    name = zone(thing)
    return (
        Node("scalar", given.short.replace("_unpickle", "ZoneInfo"), printable(given.module), name, whole=True)
        if name
        else None
    )


def _address(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an address of the internet protocol."""
    value = given.args[0]
    if type(value) is str:
        return Node("scalar", given.short, "ipaddress", clip(printable(value), 60), whole=True)
    if type(value) is not int or not 0 <= value < 1 << (32 if "4" in given.name else 128):
        return None
    if "4" in given.name:
        words = ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
    else:
        words = ":".join(f"{value >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
    return Node("scalar", given.short, "ipaddress", words, facts={"value": words}, whole=True)


def _exception(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an exception: what it was raised with."""
    node = object_node(maker, thing, given)
    if type(given.args) is tuple and len(given.args) == 1 and text(given.args[0]):
        node.text = show(given.args[0], total=100)
    return node


def _namespace(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a bare namespace."""
    node = object_node(maker, thing, given)
    if given.states:
        node.children = lambda: attributes(maker, given)
    return node


def _uuid(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a UUID."""
    number = given.attributes().get("int")
    if type(number) is not int or not 0 <= number < 1 << 128:
        return None
    digits = f"{number:032x}"
    words = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return Node("scalar", "UUID", "uuid", words, facts={"value": words}, whole=True)


def _codec(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of bytes that older protocols write as text."""
    if type(given.args[0]) is not str:
        return None
    try:
        return maker.node(
            given.args[0].encode(text(given.args[1]) if text(given.args[1]) in ("latin1", "latin-1") else "latin-1")
        )
    except UnicodeEncodeError:
        return None


def _frozen(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a dict that does not change, which Python has from 3.15 on."""
    if type(given.args[0]) is not dict:
        return None
    node = maker.node(given.args[0])
    node.type = "frozendict"
    node.text = f"frozendict({node.text})" if node.whole and node.text else node.text
    return node


TABLE: dict[str, Any] = {
    "builtins.frozendict": _frozen,
    "datetime.datetime": _datetime,
    "datetime.time": _datetime,
    **{
        f"pathlib.{kind}": _path
        for kind in ("Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath")
    },
    "zoneinfo.ZoneInfo": _zone,
    "zoneinfo._unpickle": _zone,
    "pytz._p": _zone,
    "pytz._UTC": _zone,
    "dateutil.tzutc": _zone,
    "dateutil.tzfile": _zone,
    "ipaddress.IPv4Address": _address,
    "ipaddress.IPv6Address": _address,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "uuid.UUID": _uuid,
    "_codecs.encode": _codec,
    **{
        f"builtins.{kind.__name__}": _exception
        for kind in (BaseException, Exception, ValueError, TypeError, KeyError, OSError)
    },
}

"""What completion must answer, in cursor notation: a table that any supported Python can run by itself.

`python corpus.py` runs every row under the Python it is started with and prints those that fail. `|` is the cursor. What an
answer must hold, and what it must not, is written as the line that taking the completion makes. Rows of a package's group
(`PACKAGES`) are run where that package can be imported, those of `cpython` where built-in types are written in C, and those of
`read annotations` up to 3.13: later ones are made by code of the function's own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Case(NamedTuple):
    """A line with its cursor, the lines that must be among the answer's, and those that must not."""

    line: str
    has: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    group: str = ""


def case(line: str, *has: str, lacks: tuple[str, ...] = (), group: str = "") -> Case:
    """A row of the table. Without `has` the answer must be empty, unless `lacks` says what must not be in it."""
    return Case(line, has, lacks, group)


SETUP = '''
import collections, datetime, enum, functools, json, math, os, re, sys, types
from os import path as p

class Account:
    """A bank account."""

    bank = "first"
    __slots__ = ("owner", "balance", "__dict__")

    def __init__(self, owner, balance=0, *, currency="EUR"):
        self.owner, self.balance = owner, balance
        self._secret = "1234"
        self.history = ["opened", {"amount": 5}]

    def deposit(self, amount, note=None):
        """Put money in."""

    def _audit(self):
        pass

    @property
    def interest(self):
        raise RuntimeError("a property was run")

    @classmethod
    def empty(cls, owner):
        return cls(owner)

    @staticmethod
    def convert(amount, rate=1.0):
        return amount * rate

    @property
    def twin(self) -> "Account":
        raise RuntimeError("a property was run")

    def itself(self) -> "Self":
        raise RuntimeError("a method was run")

class Savings(Account):
    def __getattr__(self, name):
        raise RuntimeError("__getattr__ was run")

class Listed:
    def __dir__(self):
        return ["shown_by_dir", "also shown", 7, "_hidden_by_dir"]

class Colour(enum.Enum):
    RED = 1
    GREEN = 2

class Shout:
    def __call__(self, what, loud=True):
        return what

class AccountError(ValueError):
    pass

Point = collections.namedtuple("Point", "east north")
account, savings, listed, shout = Account("ann"), Savings("bob"), Listed(), Shout()
point = Point([1], {"deep": 1})
def get_config_value(name, default=None, *, strict=False):
    """Get a value."""
def positional(first, second, /, third): pass
def variadic(*args, **kwargs): pass
@functools.wraps(get_config_value)
def wrapped(*args, **kwargs): pass
partial = functools.partial(get_config_value, "x")
getConfigValue = 1
_private = 1
text, number, raw, items = "some text", 42, b"raw", [1, "two", {"three": 3}]
d = {"key": 1, "kept": "text", "with space": 2, 'q"uote': 3, "it's": 4, 5: "five", 57: 1, b"bytes": 6, "line\\nbreak": 7,
     "back\\\\slash": 8, "Capital": 9, "caf\\u00e9": 10, ("t", 1): 11, ("t", 2): 12, ("u", "v"): 13, -3: 14, 2.5: 15,
     None: 16, True: 17}
nested = {"first": {"second": {"third": "deep"}}, "list": [{"inside": 1}], 1: {"by number": 2}}
key = "first"
default = collections.defaultdict(list, {"given": [1]})
ordered = collections.OrderedDict(one=1, two=2)
counter = collections.Counter("abc")
match = re.match("(a)", "a")
now = datetime.datetime(2020, 1, 1)
error = ValueError("no")
_ = [{"last": 1}]
shown = types.MappingProxyType({"key": 1, "kept": 2})
user_dict, chain = collections.UserDict(one=1), collections.ChainMap({"first": 1}, {"second": 2})
class Computed(collections.UserDict):
    def __getitem__(self, key):
        raise RuntimeError("__getitem__ was run")
computed = Computed(one=1)
from configparser import ConfigParser as Ini
ini = Ini()
ini.read_string("[section]\\nkey = 1")
def opened(name="x") -> "Account":
    raise RuntimeError("a function was run")
def draw(data=None, *, x=None): pass
'''

ON_DISK = '''"""A module that may not be loaded.

def in_a_text(): it is none
"""
VALUE: int = 1
def defined(one): pass
class Made: pass
def _hidden(): pass
raise RuntimeError("a module was run")
'''
PACKAGES = ("numpy", "pandas", "polars", "xarray")

CASES: list[Case] = [
    # results
    case("h[|", "h[12]", "h[1]", lacks=("h[0]", "h[13]")),
    case("h[1|", "h[1]", "h[10]", "h[12]", lacks=("h[2]",)),
    case("h[-|", "h[-1]", "h[-12]", lacks=("h[-13]",)),
    case("h[-1|", "h[-1]", "h[-10]", "h[-12]", lacks=("h[-2]",)),
    case("h[12|]", "h[12]"),
    case("h[9|9]", "h[9]9]"),
    case("h[0|", lacks=("h[0]",)),
    case("_h[1|", "_h[1]", "_h[12]"),
    case("h[1].up|", "h[1].upper(", lacks=("h[1].upper", "h[1].lower(")),
    case("h[-12].up|", "h[-12].upper("),
    case("h[2].ke|", "h[2].keys("),
    case('h[2]["|', 'h[2]["name"]', 'h[2]["nested"]'),
    case("h[2]['na|", "h[2]['name']", lacks=("h[2]['nested']",)),
    case('h[2]["nested"]["|', 'h[2]["nested"]["deep"]'),
    case('h[2]["nested"]["deep"].app|', 'h[2]["nested"]["deep"].append('),
    case('h[3][0]["|', 'h[3][0]["inner"]'),
    case("h[3][0].it|", "h[3][0].items("),
    case("h[4].bit|", "h[4].bit_length("),
    case("h[5].dec|", "h[5].decode("),
    case("h[99].|"),
    case("h[1:3].app|", "h[1:3].append("),
    case("h [ 1 ] . up|", "h [ 1 ] . upper("),
    case("h.fi|", "h.find("),
    case("h.sh|", "h.show("),
    case("print(h[1].up|", "print(h[1].upper("),
    case("x = h[2]['nested']['d|", "x = h[2]['nested']['deep']"),
    case("_.app|", "_.append("),
    case('_[0]["|', '_[0]["last"]'),
    # attributes of modules
    case("os.pa|", "os.path", "os.pardir", "os.pathconf(", lacks=("os.getcwd(", "os.path(")),
    case("os.path.jo|", "os.path.join("),
    case("p.jo|", "p.join("),
    case("json.|", "json.dumps(", "json.loads(", "json.decoder", lacks=("json.__name__",)),
    case("json._|", "json._default_decoder", "json.__name__"),
    case("json.__na|", "json.__name__"),
    case("json.decoder.JSOND|", "json.decoder.JSONDecoder("),
    case("math.pi.as|", "math.pi.as_integer_ratio("),
    case("sys.version_info.ma|", "sys.version_info.major"),
    case("sys.modules.ke|", "sys.modules.keys("),
    case("os.environ.ge|", "os.environ.get("),
    case("nowhere.pa|"),
    case("os.nothing.pa|"),
    case("json.DUM|", "json.dump(", "json.dumps("),
    # attributes of instances and classes
    case("account.|", "account.owner", "account.balance", "account.history", "account.deposit(", "account.bank",
         "account.interest", "account._secret", lacks=("account.__init__(", "account.interest(")),
    case("account._|", "account._secret", "account._audit(", "account.__init__(", lacks=("account.owner",)),
    case("account.__in|", "account.__init__("),
    case("account.ow|", "account.owner", lacks=("account.owner(",)),
    case("account.owner.up|", "account.owner.upper("),
    case("account.history.app|", "account.history.append("),
    case("account.history[0].up|", "account.history[0].upper("),
    case('account.history[1]["|', 'account.history[1]["amount"]'),
    case("account.interest.|"),
    case("account.emp|", "account.empty("),
    case("account.conv|", "account.convert("),
    case("account.deposit.__na|", "account.deposit.__name__"),
    case("savings.bal|", "savings.balance"),
    case("savings.missing.|"),
    case("Account.ban|", "Account.bank"),
    case("Account.bank.up|", "Account.bank.upper("),
    case("Account.dep|", "Account.deposit("),
    case("Account.mr|", "Account.mro("),
    case("listed.sh|", "listed.shown_by_dir"),
    case("listed.|", "listed.shown_by_dir", "listed._hidden_by_dir", lacks=("listed.also shown", "listed.7")),
    case("Colour.R|", "Colour.RED", lacks=("Colour.GREEN",)),
    case("Colour.RED.val|", "Colour.RED.value"),
    case("point.ea|", "point.east"),
    case("point._as|", "point._asdict("),
    case("point[0].app|", "point[0].append("),
    case("match.gr|", "match.group(", "match.groups("),
    case("now.mon|", "now.month"),
    case("now.month.bit|", "now.month.bit_length(", group="cpython"),
    case("error.args.cou|", "error.args.count("),
    case("ordered.move|", "ordered.move_to_end("),
    case("counter.most|", "counter.most_common("),
    case("text.up|", "text.upper("),
    case("text.upper|", "text.upper("),
    case("text.up|(", "text.upper("),
    case("text.up|per", "text.upper(per"),
    case("number.re|", "number.real"),
    case("number.real.bit|", "number.real.bit_length("),
    case("items[1].up|", "items[1].upper("),
    case("items[-1].ke|", "items[-1].keys("),
    case('items[2]["|', 'items[2]["three"]'),
    case("items[9].|"),
    case("items[number].|"),
    case("nested[key].ke|", "nested[key].keys("),
    case('nested[key]["se|', 'nested[key]["second"]'),
    # literals and what a class makes
    case("'abc'.up|", "'abc'.upper("),
    case('"a" "b".up|', '"a" "b".upper('),
    case("f'{x}'.up|", "f'{x}'.upper("),
    case("b'x'.de|", "b'x'.decode("),
    case("[].app|", "[].append("),
    case("[1, 2].app|", "[1, 2].append("),
    case("{}.ke|", "{}.keys("),
    case("{1: 2}.ke|", "{1: 2}.keys("),
    case("{1, 2}.ad|", "{1, 2}.add("),
    case("().cou|", "().count("),
    case("(1, 2).cou|", "(1, 2).count("),
    case("(text).up|", "(text).upper("),
    case("1.5.is_|", "1.5.is_integer("),
    case("5 .bit|", "5 .bit_length("),
    case("dict().ke|", "dict().keys("),
    case("Account('x').dep|", "Account('x').deposit("),
    case("text[2:].up|", "text[2:].upper("),
    case("1.|", lacks=("1.real",)),
    case("5|"),
    case("text.strip().|"),
    # names and keywords
    case("acc|", "account", "Account(", lacks=("account(",)),
    case("get_c|", "get_config_value("),
    case("gcv|", "get_config_value(", "getConfigValue", lacks=("json",)),
    case("config|", "get_config_value(", "getConfigValue"),
    case("config_v|", "get_config_value("),
    case("_pri|", "_private"),
    case("__imp|", "__import__("),
    case("pri|", "print(", lacks=("_private",)),
    case("Value|", "ValueError("),
    case("wh|", "while "),
    case("try|", "try:"),
    case("Non|", "None"),
    case("imp|", "import ", "ImportError("),
    case("x = lam|", "x = lambda "),
    case("x = wh|", lacks=("x = while ",)),
    case("x = number i|", "x = number in ", "x = number is ", "x = number if "),
    case("if number: pr|", "if number: print("),
    case("if number: ret|", "if number: return "),
    case("[n for n in ite|", "[n for n in items"),
    case("class New(Acc|", "class New(Account", lacks=("class New(Account(",)),
    case("text = tex|", "text = text"),
    case("a = 1; pri|", "a = 1; print("),
    case("for x in ra|", "for x in range("),
    case("something = 1\nsome|", "something = 1\nsomething"),
    case("def f(parameter):\n    return para|", "def f(parameter):\n    return parameter"),
    case("os = 1\nos.pa|"),
    case("import math as os\nos.fl|", "import math as os\nos.floor("),
    case("import json; json.du|", "import json; json.dumps("),
    case("from os import path\npath.jo|", "from os import path\npath.join("),
    case("text = text.up|", "text = text.upper("),
    case("# a comment te|"),
    case("x = 1  # os.pa|"),
    # keys
    case('d["|', 'd["key"]', 'd["with space"]', 'd["q\\"uote"]', 'd["it\'s"]', lacks=('d["5"]', 'd["bytes"]')),
    case("d['|", "d['key']", "d['q\"uote']", "d['it\\'s']"),
    case('d["ke|', 'd["key"]', 'd["kept"]', lacks=('d["with space"]',)),
    case('d["ke|"]', 'd["key"]'),
    case('d["ke|]', 'd["key"]'),
    case('d["with s|', 'd["with space"]'),
    case('d["line|', 'd["line\\nbreak"]'),
    case('d["back|', 'd["back\\\\slash"]'),
    case('d["back\\\\|', 'd["back\\\\slash"]'),
    case('d[r"li|', lacks=('d[r"line\\nbreak"]',)),
    case('d[r"ke|', 'd[r"key"]'),
    case('d["""ke|', 'd["""key"""]'),
    case('d["cap|', 'd["Capital"]'),
    case('d["space|', 'd["with space"]'),
    case('d["caf|', 'd["café"]'),
    case('d["zzz|'),
    case("d[|", 'd["key"]', "d[5]", 'd[b"bytes"]', 'd["t", 1]', "d['q\"uote']", "d[2.5]", "d[None]", "d[-3]", "d[True]"),
    case("d[5|", "d[5]", "d[57]", lacks=("d[2.5]",)),
    case("d[-|", "d[-3]", lacks=("d[5]",)),
    case('d[b"|', 'd[b"bytes"]', lacks=('d[b"key"]',)),
    case("d[b'by|", "d[b'bytes']"),
    case('d["t|', 'd["t", 1]', 'd["t", 2]', lacks=('d["u", "v"]',)),
    case('d["t", |', 'd["t", 1]', 'd["t", 2]', lacks=('d["t", "v"]', 'd["t", 5]')),
    case('d["u", "|', 'd["u", "v"]'),
    case('d[("t", |', 'd[("t", 1)]'),
    case('d[("u", "|', 'd[("u", "v")]'),
    case('d[("|', 'd[("t", 1)]', 'd[("u", "v")]', lacks=('d[("key")]',)),
    case('nested["first"]["|', 'nested["first"]["second"]'),
    case('nested["first"]["second"]["th|', 'nested["first"]["second"]["third"]'),
    case('nested["first"]["second"]["third"].up|', 'nested["first"]["second"]["third"].upper('),
    case('nested["list"][0]["|', 'nested["list"][0]["inside"]'),
    case('nested[1]["by|', 'nested[1]["by number"]'),
    case('default["gi|', 'default["given"]'),
    case('default["missing"]["|'),
    case('ordered["t|', 'ordered["two"]'),
    case('os.environ["HIST|', 'os.environ["HISTSHELL_CORPUS"]'),
    case('os.environ["HISTSHELL_CORPUS"].up|', 'os.environ["HISTSHELL_CORPUS"].upper('),
    case('point[1]["|', 'point[1]["deep"]'),
    case('print(d["ke|', 'print(d["key"]'),
    case('d["key"] + d["ke|', 'd["key"] + d["kept"]'),
    case('text["|'),
    case('["ke|', lacks=('["key"]',)),
    # parameters
    case("get_config_value(|", "get_config_value(name=", "get_config_value(default=", "get_config_value(strict="),
    case("get_config_value(na|", "get_config_value(name="),
    case("get_config_value('x', |", "get_config_value('x', default=", lacks=("get_config_value('x', name=",)),
    case("get_config_value(strict=1, |", "get_config_value(strict=1, name=", lacks=("get_config_value(strict=1, strict=",)),
    case("get_config_value(default=|", lacks=("get_config_value(default=name=",)),
    case("account.deposit(|", "account.deposit(amount=", lacks=("account.deposit(self=",)),
    case("Account(ow|", "Account(owner=", lacks=("Account(self=",)),
    case("Account.empty(|", "Account.empty(owner=", lacks=("Account.empty(cls=",)),
    case("shout(lo|", "shout(loud="),
    case("wrapped(str|", "wrapped(strict="),
    case("partial(|", "partial(default=", lacks=("partial(name=",)),
    case("positional(|", "positional(third=", lacks=("positional(first=",)),
    case("variadic(|", lacks=("variadic(args=", "variadic(kwargs=")),
    case('open("x", enc|', 'open("x", encoding=', group="cpython"),
    case("sorted([], rev|", "sorted([], reverse=", group="cpython"),
    case("json.dumps({}, ind|", "json.dumps({}, indent="),
    case("print(get_config_value(de|", "print(get_config_value(default="),
    case("get_config_value(tex|", "get_config_value(text"),
    # f-strings
    case('f"{acc|', 'f"{account'),
    case('f"{account.ow|', 'f"{account.owner'),
    case("f'{d[\"ke|", "f'{d[\"key\"]"),
    case('f"{d["ke|', 'f"{d["key"]'),
    case('f"a {{acc|', lacks=('f"a {{account',)),
    case('f"{x} acc|', lacks=('f"{x} account',)),
    case('f"{x:{num|', 'f"{x:{number'),
    case('f"{x!r:>10} {num|', 'f"{x!r:>10} {number'),
    case('f"""\n{account.ow|', 'f"""\n{account.owner'),
    case('rf"{os.pa|', 'rf"{os.path'),
    case('f"{text.up|', 'f"{text.upper('),
    case('"{acc|', lacks=('"{account',)),
    # after a whole value, in escapes
    case('d["key"]|'),
    case("os.getcwd()|"),
    case("number |"),
    case("number if number el|", "number if number else"),
    case("number an|", "number and "),
    case("open('it\\'|", "open('it\\'s.txt'"),
    case("from . import js|"),
    # in import statements
    case("import js|", "import json"),
    case("import os, js|", "import os, json"),
    case("import collections.a|", "import collections.abc"),
    case("import email.mi|", "import email.mime"),
    case("import only_on_di|", "import only_on_disk"),
    case("import package_on_disk.in|", "import package_on_disk.inner"),
    case("import not_a_pack|", lacks=("import not_a_package",)),
    case("import os a|", "import os as "),
    case("import os as |"),
    case("from js|", "from json"),
    case("from os.p|", "from os.path"),
    case("from os |", "from os import "),
    case("from os import pa|", "from os import path", "from os import pardir", lacks=("from os import pathconf(",)),
    case("from os import path, get|", "from os import path, getcwd"),
    case("from os import (path, get|", "from os import (path, getcwd"),
    case("from os import path as |"),
    case("from json import de|", "from json import decoder"),
    case("from package_on_disk import in|", "from package_on_disk import inner"),
    case("if number: import js|", "if number: import json"),
    case("x = 1; import js|", "x = 1; import json"),
    case("import sy|", "import sys"),
    # exceptions
    case("try: pass\nexcept Va|", "try: pass\nexcept ValueError", lacks=("try: pass\nexcept ValueError(",)),
    case("except Acc|", "except AccountError"),
    case("except (ValueError, Key|", "except (ValueError, KeyError"),
    case("raise Val|", "raise ValueError("),
    case("raise Acc|", "raise AccountError("),
    # paths; the working directory holds data.csv, notes.txt, sub/deeper.txt, .hidden, it's.txt
    case('open("da|', 'open("data.csv"'),
    case("open('da|", "open('data.csv'"),
    case('open("da|")', 'open("data.csv")'),
    case('open("s|', 'open("sub/'),
    case('open("sub/|', 'open("sub/deeper.txt"'),
    case('open("|', 'open("data.csv"', 'open("sub/', lacks=('open(".hidden"',)),
    case('open(".h|', 'open(".hidden"'),
    case("open('it|", "open('it\\'s.txt'"),
    case('open(file="da|', 'open(file="data.csv"'),
    case('open("x", "da|', lacks=('open("x", "data.csv"',)),
    case('os.listdir("s|', 'os.listdir("sub/'),
    case('os.rename("x", "da|', 'os.rename("x", "data.csv"'),
    case('x = "./da|', 'x = "./data.csv"'),
    case('x = "sub/de|', 'x = "sub/deeper.txt"'),
    case('x = "~/ho|', 'x = "~/home_file.txt"'),
    case('x = "~|', 'x = "~/'),
    case('x = "da|', lacks=('x = "data.csv"',)),
    case('open(f"da|', 'open(f"data.csv"'),
    case('open(f"{x}/da|', lacks=('open(f"{x}/data.csv"',)),
    case('open(r"da|', 'open(r"data.csv"'),
    case('x = "/nowhere/at/all|'),
    case('open("DAT|', 'open("data.csv"'),
    # nothing, and nonsense
    case("x.|", lacks=("x.real",)),
    case("|", "print(", "account", "import ", lacks=("_private(", "__name__")),
    case(")]}.|"),
    case("..|"),
    case("'unclosed\nacc|", "'unclosed\naccount"),
    case('"""unclosed\nacc|', lacks=('"""unclosed\naccount',)),
    case("\\|", lacks=("\\x",)),
    case("é|", lacks=("ée",)),
    # what keeps a dict inside
    case('shown["ke|', 'shown["key"]', 'shown["kept"]'),
    case('Account.__dict__["dep|', 'Account.__dict__["deposit"]'),
    case('user_dict["on|', 'user_dict["one"]'),
    case('chain["|', 'chain["first"]', 'chain["second"]'),
    case('ini["se|', 'ini["section"]'),
    case('computed["|', lacks=('computed["one"]',)),
    # what is annotated
    case("opened().dep|", "opened().deposit(", group="read annotations"),
    case("account.twin.dep|", "account.twin.deposit(", group="read annotations"),
    case("account.itself().dep|", "account.itself().deposit(", group="read annotations"),
    # an import, a class and a match that are being typed
    case("import only_on_disk as o; o.de|", "import only_on_disk as o; o.defined("),
    case("import only_on_disk as o; o.|", "import only_on_disk as o; o.VALUE", "import only_on_disk as o; o.Made(",
         lacks=("import only_on_disk as o; o.in_a_text(", "import only_on_disk as o; o._hidden(")),
    case("from only_on_disk import de|", "from only_on_disk import defined"),
    case("import with|", "import without_init"),
    case("from without_init import in|", "from without_init import inner"),
    case("class B(Account):\n    def f(self):\n        super().dep|",
         "class B(Account):\n    def f(self):\n        super().deposit("),
    case("match acc|", "match account"),
    case("match account:\n    case Acc|", "match account:\n    case Account("),
    case("match.gro|", "match.group("),
    # numpy and pandas
    case("np.lins|", "np.linspace(", group="numpy"),
    case("np.linspace(st|", "np.linspace(start=", "np.linspace(stop=", group="numpy"),
    case("array.sh|", "array.shape", group="numpy"),
    case("array.shape.cou|", "array.shape.count(", group="numpy"),
    case("array.T.sh|", "array.T.shape", group="numpy"),
    case("array[0].ite|", "array[0].item(", group="numpy"),
    case("array[:2].sh|", "array[:2].shape", group="numpy"),
    case('records["|', 'records["left"]', 'records["right"]', group="numpy"),
    case('records["left"].su|', 'records["left"].sum(', group="numpy"),
    case("np.linalg.no|", "np.linalg.norm(", group="numpy"),
    case("df.al|", "df.alpha", "df.align(", group="pandas"),
    case("df.gr|", "df.groupby(", group="pandas"),
    case('df["al|', 'df["alpha"]', lacks=('df["two words"]',), group="pandas"),
    case("df['two|", "df['two words']", group="pandas"),
    case('df[["alpha", "tw|', 'df[["alpha", "two words"]', group="pandas"),
    case("df.alpha.me|", "df.alpha.mean(", group="pandas"),
    case('df["alpha"].me|', 'df["alpha"].mean(', group="pandas"),
    case("df.columns.to_|", "df.columns.to_list(", group="pandas"),
    case('df["alpha"].str.|', lacks=('df["alpha"].str.alpha',), group="pandas"),
    case("series.fi|", "series.first_row", group="pandas"),
    case('series["fi|', 'series["first_row"]', group="pandas"),
    case("df[df.al|", "df[df.alpha", group="pandas"),
    # what is typed of tables
    case('df.loc[:, "al|', 'df.loc[:, "alpha"', lacks=('df.loc[:, "7"',), group="pandas"),
    case('df.loc[0, ["alpha", "tw|', 'df.loc[0, ["alpha", "two words"', group="pandas"),
    case('named.loc["fi|', 'named.loc["first_row"', lacks=('named.loc["value"',), group="pandas"),
    case('named.at["first_row", "va|', 'named.at["first_row", "value"', group="pandas"),
    case('named.iloc["|', lacks=('named.iloc["value"', 'named.iloc["first_row"'), group="pandas"),
    case("df.iloc[0].value_c|", "df.iloc[0].value_counts(", group="pandas"),
    case("df.iloc[1:].group|", "df.iloc[1:].groupby(", group="pandas"),
    case("df[df.alpha > 1].group|", "df[df.alpha > 1].groupby(", group="pandas"),
    case('df[(df.alpha > 1) & ~df.mean].sort_values("tw|', 'df[(df.alpha > 1) & ~df.mean].sort_values("two words"', group="pandas"),
    case('df[df["alpha"].isin([1])].al|', 'df[df["alpha"].isin([1])].alpha', group="pandas"),
    case('df.loc[df.alpha == 1, "alpha"].med|', 'df.loc[df.alpha == 1, "alpha"].median(', group="pandas"),
    case('df.loc[:, ["alpha"]].group|', 'df.loc[:, ["alpha"]].groupby(', group="pandas"),
    case('df.loc[0, "alpha"].med|', lacks=('df.loc[0, "alpha"].median(',), group="pandas"),
    case("df.alpha[df.alpha > 0].med|", "df.alpha[df.alpha > 0].median(", group="pandas"),
    case("array[array > 1].resh|", "array[array > 1].reshape(", group="numpy"),
    case("df.alpha.str.up|", "df.alpha.str.upper(", group="pandas"),
    case('df["alpha"].dt.ye|', 'df["alpha"].dt.year', group="pandas"),
    case("df.T.hea|", "df.T.head(", group="pandas"),
    case('df.T["|', lacks=('df.T["alpha"]',), group="pandas"),
    case('gb["al|', 'gb["alpha"]', group="pandas"),
    case("gb.alpha.me|", "gb.alpha.mean(", group="pandas"),
    case('df.groupby("|', 'df.groupby("alpha"', 'df.groupby("two words"', group="pandas"),
    case('df.groupby("al|")', 'df.groupby("alpha")', group="pandas"),
    case('df.groupby(["alpha", "me|', 'df.groupby(["alpha", "mean"', group="pandas"),
    case("df.groupby('alpha').med|", "df.groupby('alpha').median(", group="pandas"),
    case('df.groupby("alpha")["mean"].su|', 'df.groupby("alpha")["mean"].sum(', group="pandas"),
    case('df.sort_values("tw|', 'df.sort_values("two words"', group="pandas"),
    case('df.head().sort_values(by="tw|', 'df.head().sort_values(by="two words"', group="pandas"),
    case('df.merge(df, on="al|', 'df.merge(df, on="alpha"', group="pandas"),
    case('df.merge(df, how="|', lacks=('df.merge(df, how="alpha"',), group="pandas"),
    case('pd.merge(df, df, left_on="al|', 'pd.merge(df, df, left_on="alpha"', group="pandas"),
    case('df.rename(columns={"al|', 'df.rename(columns={"alpha"', group="pandas"),
    case('df.rename(columns={"alpha": "|', lacks=('df.rename(columns={"alpha": "mean"',), group="pandas"),
    case('gb.agg({"al|', 'gb.agg({"alpha"', group="pandas"),
    case('draw(data=df, x="al|', 'draw(data=df, x="alpha"', group="pandas"),
    case('draw(x="|', lacks=('draw(x="alpha"',), group="pandas"),
    case('open("al|', lacks=('open("alpha"',), group="pandas"),
    case("np.zeros(3).resh|", "np.zeros(3).reshape(", group="numpy"),
    case("np.ones(3).resh|", "np.ones(3).reshape(", group="numpy"),
    case("np.zeros(3).reshape(1).su|", "np.zeros(3).reshape(1).sum(", group="numpy"),
    case('polar["al|', 'polar["alpha"]', group="polars"),
    case('polar.select("al|', 'polar.select("alpha"', group="polars"),
    case('polar.filter(pl.col("be|', 'polar.filter(pl.col("beta"', group="polars"),
    case('polar.group_by("alpha").agg(pl.col("be|', 'polar.group_by("alpha").agg(pl.col("beta"', group="polars"),
    case("polar.group_by('alpha').ag|", "polar.group_by('alpha').agg(", group="polars"),
    case('dataset["te|', 'dataset["temperature"]', group="xarray"),
    case("dataset.temp|", "dataset.temperature", group="xarray"),
    case("dataset.temperature.med|", "dataset.temperature.median(", group="xarray"),
    case('temperature["pl|', 'temperature["place"]', group="xarray"),
    case("df.iloc[0].al|", "df.iloc[0].alpha", group="pandas"),
    case('named.loc["first_row"].va|', 'named.loc["first_row"].value', group="pandas"),
    case('df.iloc[0]["tw|', 'df.iloc[0]["two words"]', group="pandas"),
    case("df.iloc[0].dropna().al|", "df.iloc[0].dropna().alpha", group="pandas"),
    case("df.iloc[0].alpha.|", group="pandas"),
    case('df.iloc[0].loc["|', lacks=('df.iloc[0].loc["0"',), group="pandas"),
    case('df.query("al|', 'df.query("alpha', group="pandas"),
    case('df.query("|")', 'df.query("alpha")', 'df.query("`two words`")', lacks=('df.query("7")',), group="pandas"),
    case('df.query("alpha > 1 and `tw|', 'df.query("alpha > 1 and `two words`', group="pandas"),
    case('df.query("`tw|` > 1")', 'df.query("`two words` > 1")', group="pandas"),
    case('df.query("alpha > @num|', 'df.query("alpha > @number', lacks=('df.query("alpha > @alpha',), group="pandas"),
    case("df.query(\"mean == 'al|", lacks=("df.query(\"mean == 'alpha",), group="pandas"),
    case('df.query("alpha.me|', lacks=('df.query("alpha.mean',), group="pandas"),
    case('df[df.alpha > 1].eval("me|', 'df[df.alpha > 1].eval("mean', group="pandas"),
    case('text.query("al|', lacks=('text.query("alpha',), group="pandas"),
    case("df.alpha.mean().fromh|", "df.alpha.mean().fromhex(", group="pandas"),
    case('df["alpha"].sum().denom|', 'df["alpha"].sum().denominator', lacks=('df["alpha"].sum().fromhex(',), group="pandas"),
    case("df[df.alpha > 1].alpha.head().std().fromh|", "df[df.alpha > 1].alpha.head().std().fromhex(", group="pandas"),
    case("df.alpha.isna().sum().fromh|", lacks=("df.alpha.isna().sum().fromhex(",), group="pandas"),
    case("df.mean().al|", "df.mean().alpha", group="pandas"),
    case("array.mean().fromh|", "array.mean().fromhex(", group="numpy"),
    case("array.mean(axis=0).fromh|", lacks=("array.mean(axis=0).fromhex(",), group="numpy"),
    case("df.groupby(|", 'df.groupby("alpha"', 'df.groupby("two words"', "df.groupby(7", "df.groupby(by=", "df.groupby(df",
         lacks=("df.groupby(print(", "df.groupby(None"), group="pandas"),
    case("df.groupby([|", 'df.groupby(["alpha"', group="pandas"),
    case("df.merge(df, on=|", 'df.merge(df, on="alpha"', group="pandas"),
    case("gb.agg({|", 'gb.agg({"alpha"', group="pandas"),
    case('gb.agg({"alpha": |', lacks=('gb.agg({"alpha": "mean"',), group="pandas"),
    case("df.loc[:, |", 'df.loc[:, "alpha"', group="pandas"),
    case("df.loc[|", lacks=("df.loc[0", 'df.loc["alpha"'), group="pandas"),
    case("named.loc[|", 'named.loc["first_row"', group="pandas"),
    case("print(df, |", "print(df, print(", lacks=('print(df, "alpha"',), group="pandas"),
    case("[df, |", lacks=('[df, "alpha"',), group="pandas"),
    case('polar.lazy().select("be|', 'polar.lazy().select("beta"', group="polars"),
    case('polar.lazy().filter(pl.col("be|', 'polar.lazy().filter(pl.col("beta"', group="polars"),
    case("polar.select(pl.col.be|", "polar.select(pl.col.beta", group="polars"),
    case("polar.select(pl.col(|", 'polar.select(pl.col("beta"', group="polars"),
    case("pl.col.|", group="polars"),
    case('lazy.select("|', group="polars"),
    case('dataset.coords["pl|', 'dataset.coords["place"]', group="xarray"),
    case('dataset.coords["|', 'dataset.coords["place"]', lacks=('dataset.coords["temperature"]',), group="xarray"),
    case('dataset.data_vars["|', 'dataset.data_vars["temperature"]', lacks=('dataset.data_vars["place"]',), group="xarray"),
    case('dataset.coords["place"].med|', 'dataset.coords["place"].median(', group="xarray"),
    case('temperature.coords["|', 'temperature.coords["place"]', group="xarray"),
    case('dataset.attrs["un|', 'dataset.attrs["unit"]', group="xarray"),
    case('dataset.sizes["pl|', 'dataset.sizes["place"]', group="xarray"),
    case("pd.read_c|", "pd.read_csv(", group="pandas"),
    case('pd.read_csv("da|', 'pd.read_csv("data.csv"', group="pandas"),
]  # fmt: skip


def namespace() -> dict[str, Any]:
    """The globals of a session in which the table is true; made by the source in `SETUP`, so as to be a user's."""
    from histshell.history import History, record

    found: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(SETUP, "<setup>", "exec"), found)
    h = History()
    results = ["some text", {"name": 1, "nested": {"deep": [1]}}, [{"inner": "x"}], 42, b"raw"]
    for number in range(12):
        record(h, results[number] if number < len(results) else number, 0.0)
    found["h"] = found["_h"] = h
    return found


def packages(values: dict[str, Any]) -> list[str]:
    """Put values of numpy and pandas into the globals; return which of the packages are there."""
    there = [sys.implementation.name]
    if sys.version_info < (3, 14):
        there.append("read annotations")
    try:
        import numpy as np

        values["np"], values["array"] = np, np.array([[1.5, 2.0], [3.0, 4.0]])
        values["records"] = np.zeros(3, dtype=[("left", "i4"), ("right", "f8")])
        there.append("numpy")
        import pandas as pd  # type: ignore[import-untyped, unused-ignore]  # it may be missing

        values["pd"] = pd
        values["df"] = pd.DataFrame({"alpha": [1, 2], "two words": [3, 4], "mean": [5, 6], 7: [8, 9]})
        values["gb"], values["named"] = values["df"].groupby("alpha"), pd.DataFrame({"value": [1]}, index=["first_row"])
        values["series"] = pd.Series([1, 2], index=["first_row", "second row"])
        there.append("pandas")
    except ImportError:
        pass
    try:
        import polars as pl  # type: ignore[import-not-found, unused-ignore]

        values["pl"], values["polar"] = pl, pl.DataFrame({"alpha": [1], "beta": [2]})
        values["lazy"] = values["polar"].lazy()
        there.append("polars")
        import xarray  # type: ignore[import-not-found, unused-ignore]

        values["dataset"] = xarray.Dataset(
            {"temperature": ("place", [1, 2])}, coords={"place": [1, 2]}, attrs={"unit": "K"}
        )
        values["temperature"] = values["dataset"].temperature
        there.append("xarray")
    except ImportError:
        pass
    return there


def surroundings(folder: str) -> None:
    """Make the files that the table speaks of in a new directory, and go there."""
    os.makedirs(os.path.join(folder, "sub"))
    os.makedirs(os.path.join(folder, "home"))
    os.makedirs(os.path.join(folder, "modules", "package_on_disk"))
    os.makedirs(os.path.join(folder, "modules", "not_a_package"))
    for name in ("data.csv", "notes.txt", "sub/deeper.txt", ".hidden", "it's.txt", "home/home_file.txt",
                 "modules/only_on_disk.py", "modules/package_on_disk/__init__.py", "modules/package_on_disk/inner.py"):  # fmt: skip
        open(os.path.join(folder, name), "w").close()
    os.makedirs(os.path.join(folder, "modules", "without_init"))
    open(os.path.join(folder, "modules", "without_init", "inner.py"), "w").close()
    with open(os.path.join(folder, "modules", "only_on_disk.py"), "w") as file:
        file.write(ON_DISK)
    os.chdir(folder)
    os.environ["HOME"] = os.path.join(folder, "home")
    os.environ["HISTSHELL_CORPUS"] = "1"
    sys.path.insert(0, os.path.join(folder, "modules"))


def problems(row: Case, values: dict[str, Any]) -> Iterator[str]:
    """Run one row and say what is wrong with the answer."""
    from histshell.completion import complete

    cursor = row.line.index("|")
    source = row.line[:cursor] + row.line[cursor + 1 :]
    answer = complete(source, cursor, namespace=values, budget_ms=10_000, allowed="basic")
    lines = [source[: found.start] + found.text + source[cursor:] for found in answer]
    for wanted in row.has:
        if wanted not in lines:
            yield f"{row.line!r} has no {wanted!r}; it has {lines[:8]}"
    for unwanted in row.lacks:
        if unwanted in lines:
            yield f"{row.line!r} has {unwanted!r}"
    if not row.has and not row.lacks and lines:
        yield f"{row.line!r} has {lines[:8]}, it should have nothing"
    if len(set(lines)) != len(lines):
        yield f"{row.line!r} has something twice: {lines[:8]}"


def main() -> int:
    """Run the whole table and print what fails; the last line says how many rows were run."""
    import warnings

    warnings.simplefilter("error")
    sys.path.insert(0, ROOT)
    values = namespace()
    there = ["", *packages(values)]
    rows = [row for row in CASES if row.group in there]
    with tempfile.TemporaryDirectory() as folder:
        surroundings(folder)
        failed = [problem for row in rows for problem in problems(row, values)]
        os.chdir(ROOT)
    for problem in failed:
        print(problem)
    print(f"{len(rows)} rows, {len(CASES) - len(rows)} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

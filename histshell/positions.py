"""Which part of an input made a result.

While results are being recorded only a number is noted, by `position`; the text is cut out when somebody looks, by
`exact`. Needs Python 3.11's positions of instructions; up to 3.10 (and in PyPy) the number counts the
expression statements that were displayed before.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from types import CodeType

_PRINT_EXPR = 70
"""The opcode that calls the display hook, in 3.10 and before."""

_COLUMNS = 1 << 16


def position(code: "CodeType", offset: "int") -> "int":
    """Return where the displayed expression stands, in the form that `exact` takes; 0 if that cannot be told.

    `code` is the code object of the input and `offset` the instruction that runs in it (`f_lasti`).
    """
    if sys.version_info >= (3, 11) and sys.implementation.name == "cpython":
        from itertools import islice

        line, _, column, _ = next(islice(code.co_positions(), offset // 2, None), (None, None, None, None))
        return 0 if line is None or column is None else line * _COLUMNS + min(column, _COLUMNS - 1) + 1
    instructions = code.co_code
    return -1 - sum(instructions[i] == _PRINT_EXPR for i in range(0, offset, 2))


def exact(source: "str", where: "int") -> "str":
    """Return the statement of `source` that `where` points into; all of `source`, stripped, if it is the only one."""
    whole = source.strip("\n")
    if where == 0:
        return whole
    import ast

    from . import quiet

    try:
        body = quiet.parsed(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return whole
    if len(body) < 2:
        return whole
    if where < 0:
        chosen = _displayed(body, -1 - where)
    else:
        line, column = divmod(where - 1, _COLUMNS)
        chosen = next((node for node in body if _holds(node, line, column)), None)
    return (ast.get_source_segment(source, chosen) if chosen is not None else None) or whole


def _holds(node: "ast.stmt", line: "int", column: "int") -> "bool":
    """Return whether a statement's text covers the given line (from 1) and column (in bytes of UTF-8, from 0)."""
    start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return start <= (line, column) < end


def _displayed(body: "list[ast.stmt]", index: "int") -> "ast.stmt | None":
    """Return the statement whose code holds the display of number `index` (from 0), in the order of the compiler."""
    import ast

    passed = 0
    for statement in body:
        pending: "list[ast.AST]" = [statement]
        while pending:
            node = pending.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
                continue  # what stands inside is another code object's, or no statement
            passed += isinstance(node, ast.Expr)
            pending.extend(ast.iter_child_nodes(node))
        if passed > index:
            return statement
    return None

"""Every small mistake that a module could have: each is a place in its text, and what stands there instead.

Why operators of our own: of the 4,459 mutants that cosmic-ray 8.7 makes of core/decision, a quarter turn the ``|`` of a type into
something else, most others turn ``+`` into ten things that cannot run, and it knows neither a statement that is missing nor a
``return`` of nothing. What no test could or should notice is not made: docstrings, annotations, assertions, what goes into a log,
the wording of a message, keywords of classes.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

COMPARED: dict[type[ast.cmpop], tuple[str, str, str]] = {
    ast.Eq: ("==", "!=", ""),
    ast.NotEq: ("!=", "==", ""),
    ast.Lt: ("<", ">=", "<="),
    ast.LtE: ("<=", ">", "<"),
    ast.Gt: (">", "<=", ">="),
    ast.GtE: (">=", "<", ">"),
    ast.Is: (r"\bis\b", "is not", ""),
    ast.IsNot: (r"\bis\s+not\b", "is", ""),
    ast.In: (r"\bin\b", "not in", ""),
    ast.NotIn: (r"\bnot\s+in\b", "in", ""),
}
CALCULATED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: (r"\|", "&"),
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
EMPTY = {
    "str": '""',
    "bytes": 'b""',
    "int": "0",
    "Decimal": "Decimal(0)",
    "list": "[]",
    "tuple": "()",
    "Sequence": "()",
    "Iterator": "iter(())",
    "Iterable": "()",
    "dict": "{}",
    "Mapping": "{}",
    "set": "set()",
    "frozenset": "frozenset()",
}
# Keywords whose value is wording, or checks what is never so.
WORDING = {"text", "remedy", "strict"}


@dataclass(frozen=True)
class Mutant:
    """One mistake: in ``file`` (below src), whose text is ``right``, from byte ``start`` to ``end``, stands ``new``.

    ``key`` stays when other lines change.
    """

    key: str
    file: str
    operator: str
    place: str
    first_line: int
    last_line: int
    start: int
    end: int
    new: str
    at_import: bool
    right: bytes = field(repr=False, compare=False)

    @property
    def wrong(self) -> bytes:
        """The module's text with the mistake in it."""
        return self.right[: self.start] + self.new.encode() + self.right[self.end :]

    @property
    def diff(self) -> str:
        """What changed, in the lines that changed."""
        before, after = self.right.decode().splitlines(), self.wrong.decode().splitlines()
        lines = difflib.unified_diff(before, after, self.file, self.file, lineterm="", n=1)
        return "\n".join(lines)


@cache
def mutants_of(file: str, source: bytes) -> tuple[Mutant, ...]:
    """All mutants of a module, from its top to its end; each of them compiles."""
    tree = ast.parse(source)
    finder = _Finder(file, source, set(_called_at_import(tree)))
    finder.visit(tree)
    return tuple(one for one in finder.found if _compiles(one.wrong))


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


class _Finder(ast.NodeVisitor):
    def __init__(self, file: str, source: bytes, called_at_import: set[str]) -> None:
        self.file, self.source = file, source
        self._called_at_import = called_at_import
        self.found: list[Mutant] = []
        self._names: list[str] = []
        self._functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        self._met: Counter[str] = Counter()
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    # ------------------------------------------------------------ places

    def _begin(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr) -> str:
        return self.source[self._begin(node) : self._end(node)].decode()

    def _put(
        self, operator: str, start: int, end: int, new: str, above: int = 0, below: int = 0
    ) -> None:
        """``above`` and ``below``: how many lines more must be looked at to see whether a test runs it."""
        old = self.source[start:end].decode()
        if old == new:
            return
        first = self.source.count(b"\n", 0, start) + 1
        line = self.source.splitlines()[first - 1].decode().strip()
        said = "\0".join((self.file, *self._names, operator, line, old, new))
        self._met[said] += 1
        key = hashlib.sha256(f"{said}\0{self._met[said]}".encode()).hexdigest()[:10]
        last = self.source.count(b"\n", 0, end) + 1
        place = ".".join(self._names)
        outer = self._functions[0].name if self._functions else ""
        at_import = not outer or outer in self._called_at_import
        self.found.append(
            Mutant(
                key,
                self.file,
                operator,
                place,
                first - above,
                last + below,
                start,
                end,
                new,
                at_import,
                self.source,
            )
        )

    def _instead(self, operator: str, node: ast.expr | ast.stmt, new: str) -> None:
        self._put(operator, self._begin(node), self._end(node), new)

    def _between(self, operator: str, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """Another sign between two expressions."""
        start, end = self._end(left), self._begin(right)
        sign = re.search(old, self.source[start:end].decode())
        if sign is not None:
            before = len(self.source[start:end].decode()[: sign.start()].encode())
            length = len(sign.group().encode())
            # A sign may stand on a line of its own, which is nothing that runs: what stands beside it does.
            above, below = (
                sign.string.count("\n", 0, sign.start()),
                sign.string.count("\n", sign.end()),
            )
            self._put(operator, start + before, start + before + length, new, above, below)

    # ------------------------------------------------------------ what is left alone

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases):
            return
        self._inside(node.name, node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.name == "__repr__":
            return
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        self._functions.append(node)
        self._inside(node.name, node.body)
        self._functions.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - names of ast

    def _inside(self, name: str, body: list[ast.stmt]) -> None:
        self._names.append(name)
        for statement in body:
            self.visit(statement)
        self._names.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """Our own mistakes are asserted; no test makes them."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Wording; and before Python 3.12 the places in it are not told."""

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in WORDING:
            self.visit(node.value)

    # ------------------------------------------------------------ statements

    def visit_Expr(self, node: ast.Expr) -> None:
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(value, ast.Call) and not _logs(value):
            self._instead("statement deleted", node, "pass")
            self.visit(value)
        elif isinstance(value, ast.Yield | ast.YieldFrom):
            self.visit(value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._instead("statement deleted", node, "pass")
        self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], ast.Attribute | ast.Subscript):
            self._instead("statement deleted", node, "pass")
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        self._instead("statement deleted", node, "pass")

    def visit_Continue(self, node: ast.Continue | ast.Break) -> None:
        self._instead("statement deleted", node, "pass")

    visit_Break = visit_Continue  # noqa: N815

    def visit_Raise(self, node: ast.Raise) -> None:
        self._instead("raise removed", node, "pass")

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if not isinstance(node.body[0], ast.Raise):
            start, end = self._begin(node.body[0]), self._end(node.body[-1])
            self._put("except lets pass", start, end, "raise")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._instead("statement deleted", node, "pass")
            return
        if not isinstance(node.value, ast.Constant):
            self._instead("return of nothing", node.value, self._nothing(self._text(node.value)))
        self.visit(node.value)

    def _nothing(self, value: str) -> str:
        """What a function gives that has nothing to give, by what it promises."""
        returns = self._functions[-1].returns
        promised = re.match(r"\w*", ast.unparse(returns))[0] if returns else ""  # type: ignore[index]
        if promised == "bool":
            return f"not ({value})"
        if promised == "Decimal" and b"import Decimal" not in self.source:
            return "None"
        fixed = promised == "tuple" and returns is not None and "..." not in ast.unparse(returns)
        optional = returns is not None and "None" in ast.unparse(returns)
        return "None" if fixed or optional else EMPTY.get(promised, "None")

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        if _name(node.test) == "TYPE_CHECKING":
            return
        self._instead("condition forced", node.test, "True")
        self._instead("condition forced", node.test, "False")
        self.generic_visit(node)

    visit_IfExp = visit_If  # noqa: N815

    def visit_While(self, node: ast.While) -> None:
        self._instead("condition forced", node.test, "False")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            self._instead("condition forced", condition, "True")
        self.generic_visit(node)

    # ------------------------------------------------------------ expressions

    def visit_Compare(self, node: ast.Compare) -> None:
        lefts = (node.left, *node.comparators)
        for left, sign, right in zip(lefts, node.ops, node.comparators, strict=False):
            old, opposite, boundary = COMPARED[type(sign)]
            self._between("comparison turned", left, right, old, opposite)
            if boundary:
                self._between("boundary moved", left, right, old, boundary)
        for operand in lefts:
            self._other_word(operand)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between("and/or swapped", left, right, rf"\b{old}\b", new)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub):
            self._instead("negation removed", node, f"({self._text(node.operand)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        signs = CALCULATED.get(type(node.op))
        of_types = isinstance(node.op, ast.BitOr) and not self._functions
        of_texts = any(_is_text(side) for side in (node.left, node.right))
        if signs and not of_types and not of_texts:
            self._between("arithmetic swapped", node.left, node.right, *signs)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if _logs(node) or name in ("cast", "TypeVar"):
            return
        if name in SWAPPED:
            self._instead("min/max swapped", node.func, SWAPPED[name])
        if name == "Decimal" and node.args:
            self._other_decimal(node.args[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            self._other_word(node.args[0])
        for part in (node.func, *(node.args[:1] if name == "isinstance" else node.args)):
            self.visit(part)
        for keyword in node.keywords:
            self.visit(keyword)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._other_word(node.slice)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key in node.keys:
            if key is not None:
                self._other_word(key)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._instead("constant changed", node, str(not node.value))
        elif isinstance(node.value, int):
            self._instead("constant changed", node, str(node.value + 1))

    def _other_word(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._instead("constant changed", node, json.dumps(node.value + "X"))

    def _other_decimal(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                self._instead("constant changed", node, f'"{Decimal(node.value) + 1}"')
            except InvalidOperation:
                return


def _called_at_import(node: ast.AST) -> Iterator[str]:
    """The functions that a module calls when it is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield _name(child.func)
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _called_at_import(child)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _logs(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and _name(node.func.value) == "log"


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    return isinstance(node, ast.JoinedStr)

"""`$filter`: the part of OData's expression language that NAV turns into record filters.

Comparisons, startswith, endswith, contains (in V3 substringof), not, and, or, parentheses, and
the functions of terms.py. NAV's filters are kept per field, so an OR over two fields is refused with
NAV's own words (Microsoft, "Using Filter Expressions in OData URIs").
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav.odata.edm import EDM, convert
from tieout_sandboxes.nav.odata.failure import ODataError, bad_request, unknown_property
from tieout_sandboxes.nav.odata.language import V4, Language, Words
from tieout_sandboxes.nav.odata.lexer import Token, tokens
from tieout_sandboxes.nav.odata.terms import FUNCTIONS as VALUES
from tieout_sandboxes.nav.odata.terms import (
    NUMBER,
    TEXT,
    Record,
    Term,
    of_call,
    of_column,
    of_literal,
)
from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.pages.values import blank, sortable

Test = Callable[[Record], bool]

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
OR_REFUSED = "The 'OR' operator is not supported on distinct fields on an OData filter."


@dataclass(frozen=True)
class Compare:
    """`column operator value`."""

    column: Column
    operator: str
    value: Any


@dataclass(frozen=True)
class Computed:
    """`left operator right`, where more than a column alone has to be worked out."""

    left: Term
    relation: Words | Callable[[Any, Any], bool]
    right: Term


@dataclass(frozen=True)
class OneOf:
    """The column has one of these values: what many `eq` joined by `or` amount to."""

    column: Column
    values: frozenset[Any]


@dataclass(frozen=True)
class Not:
    """The inner expression does not hold."""

    inner: Expression


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class AnyOf:
    """One part holds; all parts speak of one field."""

    parts: tuple[Expression, ...]


Expression = Compare | Computed | OneOf | Not | AllOf | AnyOf


def parse(text: str, page: Page, language: Language = V4) -> Expression:
    """Raises ODataError 400 where the text is not a filter NAV takes."""
    return _Parser(text, page, language).whole()


class _Parser:
    def __init__(self, text: str, page: Page, language: Language) -> None:
        self.text = text
        self.page = page
        self.tests = language.tests
        self.tokens = list(tokens(text, language))
        self.at = 0

    def whole(self) -> Expression:
        expression = self.either()
        if self.peek().kind != "end":
            raise self.error()
        return expression

    def either(self) -> Expression:
        parts = [self.both()]
        while self.take_word("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else _any_of(parts)

    def both(self) -> Expression:
        parts = [self.single()]
        while self.take_word("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def single(self) -> Expression:
        if self.take_word("not"):
            return Not(self.single())
        if self.take_mark("("):
            inner = self.either()
            self.expect(")")
            return inner
        if self.peek().text in self.tests and self.tokens[self.at + 1].text == "(":
            return self.function()
        left, word = self.term(), self.next()
        if word.text not in OPERATORS:
            raise self.error(word)
        if left.plain is not None:
            return Compare(left.plain, word.text, self.literal(left.plain))
        return Computed(left, OPERATORS[word.text], self.constant(left.kind))

    def function(self) -> Expression:
        name = self.next().text
        left, right = self.arguments(2)
        if (left.kind, right.kind) != (TEXT, TEXT):
            raise self.error()
        return self.after_function(Computed(left, self.tests[name], right))

    def after_function(self, expression: Expression) -> Expression:
        """`contains(..) eq true` is allowed, `eq false` negates."""
        if not self.take_word("eq"):
            return expression
        word = self.next().text
        if word not in ("true", "false"):
            raise self.error()
        return expression if word == "true" else Not(expression)

    def term(self) -> Term:
        """A property, a text, a number, or a function of such."""
        token = self.next()
        if token.kind == "string":
            return of_literal(TEXT, token.text)
        if token.kind == "number":
            return of_literal(NUMBER, Decimal(token.text))
        if token.text in VALUES and self.peek().text == "(":
            found = of_call(VALUES[token.text], self.arguments())
            if found is None:
                raise self.error(token)
            return found
        return of_column(self.column(token))

    def arguments(self, count: int | None = None) -> list[Term]:
        self.expect("(")
        found = [self.term()]
        while self.take_mark(","):
            found.append(self.term())
        self.expect(")")
        if count is not None and len(found) != count:
            raise self.error()
        return found

    def constant(self, kind: str) -> Term:
        """What a computed value is compared with."""
        place, found = self.peek(), self.term()
        if found.columns or found.kind != kind:
            raise self.error(place)
        return found

    def column(self, token: Token) -> Column:
        if token.kind != "name" or self.peek().text == "(":
            raise self.error(token)
        column = self.page.by_name.get(token.text)
        if column is None:
            raise unknown_property(token.text, self.page.service)
        return column

    def literal(self, column: Column) -> Any:
        return literal(column, self.next(), self.error)

    def peek(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def take_word(self, word: str) -> bool:
        found = self.peek().kind == "name" and self.peek().text == word
        self.at += found
        return found

    def take_mark(self, mark: str) -> bool:
        found = self.peek().kind == "mark" and self.peek().text == mark
        self.at += found
        return found

    def expect(self, mark: str) -> None:
        if not self.take_mark(mark):
            raise self.error()

    def error(self, token: Token | None = None) -> ODataError:
        token = token or self.peek()
        return bad_request(f"Syntax error at position {token.at} in '{self.text}'.")


_LITERALS = {
    "Edm.String": ("string",),
    "Edm.Guid": ("string", "guid", "name"),
    "Edm.Decimal": ("number",),
    "Edm.Int32": ("number",),
    "Edm.Int64": ("number",),
    "Edm.Date": ("date", "datetime"),
    "Edm.DateTimeOffset": ("datetime", "moment", "date"),
    "Edm.Boolean": ("name",),
}


def literal(column: Column, token: Token, error: Callable[[Token], ODataError]) -> Any:
    """The value of a literal that is compared with this column; codes are upper-cased."""
    if token.kind == "name" and token.text == "null":
        return blank(column)
    if token.kind not in _LITERALS[EDM[column.type]]:
        raise error(token)
    value = convert(column, token.text)
    if column.type == "Option":
        return _option(column, value)
    return value.strip().upper() if column.type == "Code" else value


def _option(column: Column, text: str) -> str:
    if text.strip() == "" and blank(column).strip() == "":
        return str(blank(column))
    if text not in column.options:
        known = ",".join(column.options)
        raise bad_request(f"'{text}' is not an option. The existing options are: {known}")
    return text


def _any_of(parts: list[Expression]) -> Expression:
    fields = {column.field for part in parts for column in columns_of(part)}
    if len(fields) > 1:
        raise bad_request(OR_REFUSED)
    equal = [p for p in parts if isinstance(p, Compare) and p.operator == "eq"]
    if len(equal) == len(parts):
        return OneOf(equal[0].column, frozenset(part.value for part in equal))
    return AnyOf(tuple(parts))


def columns_of(expression: Expression) -> list[Column]:
    """Every column the expression looks at."""
    if isinstance(expression, Compare | OneOf):
        return [expression.column]
    if isinstance(expression, Not):
        return columns_of(expression.inner)
    if isinstance(expression, Computed):
        return [*expression.left.columns, *expression.right.columns]
    return [column for part in expression.parts for column in columns_of(part)]


def compile_test(expression: Expression) -> Test:
    """A function that says of a record whether the expression holds."""
    if isinstance(expression, Not):
        inner = compile_test(expression.inner)
        return lambda record: not inner(record)
    if isinstance(expression, AllOf):
        tests = [compile_test(part) for part in expression.parts]
        return lambda record: all(test(record) for test in tests)
    if isinstance(expression, AnyOf):
        tests = [compile_test(part) for part in expression.parts]
        return lambda record: any(test(record) for test in tests)
    if isinstance(expression, OneOf):
        name, values, empty = (
            expression.column.field,
            expression.values,
            blank(expression.column),
        )
        return lambda record: record.get(name, empty) in values
    return _computed(expression) if isinstance(expression, Computed) else _compare(expression)


def _computed(part: Computed) -> Test:
    left, relation, right = part.left.evaluate, part.relation, part.right.evaluate
    return lambda record: relation(left(record), right(record))


def _compare(part: Compare) -> Test:
    name, empty = part.column.field, blank(part.column)
    relation = OPERATORS[part.operator]
    value = sortable(part.column, part.value)
    if part.column.type in ("Date", "DateTime"):
        return lambda record: relation(sortable(part.column, record.get(name)), value)
    return lambda record: relation(record.get(name, empty), value)

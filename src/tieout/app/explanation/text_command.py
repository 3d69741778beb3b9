"""One command on the page of an explanation: when, made of what, what NAV was told and by which rules, what it answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tieout.app.explanation.words import INDENT, Page, amount_text, compact, indent, moment_text

MADE_OF = {
    "content": "made of the content above",
    "not_kept": "made of another content, which is not kept; the rules are those that give what NAV was told",
    "several": "made of this document and others; the rules are those that give what NAV was told",
}


def command_text(command: Page) -> str:
    """The paragraph of one command."""
    head = (
        f"{command['key']}: {command['role']}, revision {command['revision']}, {command['state']},"
        f" posting setup version {command['setup_version']}"
    )
    parts = [_times(command), *_made_of(command), *_told(command), _answer(command)]
    return "\n".join([head, *(indent(part) for part in parts)])


def _times(command: Page) -> str:
    done = moment_text(command["done_at"])
    text = f"intended {moment_text(command['intended_at'])}"
    text += f", done {done} by NAV's clock" if done else ""
    return text + (f"; after {', '.join(command['after'])}" if command["after"] else "")


def _made_of(command: Page) -> Iterator[str]:
    if command["made_of"]:
        yield MADE_OF[command["made_of"]]
    rows = [
        [
            each["line"],
            each["item"],
            each["amount"],
            ", ".join(each["taxes"]) or "none",
            ", ".join(each["rules"]),
        ]
        for each in command["document_lines"]
    ]
    if rows:
        yield indent(compact(["line", "item", "before tax", "tax", "rules"], rows))


def _told(command: Page) -> Iterator[str]:
    if not command["request_intact"]:
        yield "THE REQUEST ON RECORD IS NOT WHAT ITS FINGERPRINT WAS MADE OF"
    yield f"NAV was told (SHA-256 {command['request_hash']}):"
    request = command["request"]
    if "lines" in request:
        yield indent(_journal(request))
        yield indent(_lines(command))
    else:
        yield indent(", ".join(f"{name} {value}" for name, value in request.items() if value))
    if command["withheld"] and "lines" not in request:
        yield f"{INDENT}not shown without --source: {', '.join(command['withheld'])}"
    if command["customer_rules"]:
        yield f"groups of the customer: {_one_of(command['customer_rules'])}"
    if command["rate"]:
        yield _rate(command["rate"])
    yield from command["rounding"]


def _journal(request: Page) -> str:
    parts = [
        f"{request['document_type']} {request['document_no']}".strip(),
        f"posting date {request['posting_date']}",
        f"document date {request['document_date']}",
        f"due {request['due_date']}" if request["due_date"] else "",
        f"reason {request['reason_code']}" if request["reason_code"] else "",
        f"amounts in {request['currency_code']}" if request["currency_code"] else "",
        f"journal {request['template_name']} {request['batch_name']}",
    ]
    return ", ".join(filter(None, parts))


def _lines(command: Page) -> str:
    rows = [
        [
            each["line"],
            f"{each['account_type']} {each['account_no']}",
            Decimal(each["amount"]),
            amount_text(each["vat_amount"]),
            ", ".join(filter(None, (each["groups"], each["tax_area"], each["dimensions"]))),
            each["settles"],
            _why(each),
            each["description"],
        ]
        for each in command["lines"]
    ]
    headings = ["", "account", "amount", "VAT in it", "groups", "settles", "by", "description"]
    return compact(headings, rows)


def _why(line: Page) -> str:
    chosen = (line["account_rules"], line["tax_rules"])
    words = ", ".join(_one_of(rules, certain=line["certain"]) for rules in chosen if rules)
    of = line["document_lines"]
    if of:
        words += f" (line{'s' if len(of) > 1 else ''} {', '.join(map(str, of))})"
    return "; ".join(filter(None, (words, line["note"]))) or "no rule of the posting setup"


def _one_of(rules: Sequence[str], *, certain: bool = False) -> str:
    return (", " if certain else " or ").join(rules)


def _rate(rate: Page) -> str:
    given = rate["factor"] is not None
    told = (
        f"{rate['factor']} {rate['currency']} for one {rate['local']}" if given else "left to NAV"
    )
    return f"rate: {told}; {rate['source']}"


def _answer(command: Page) -> str:
    answer = command["answer"]
    if answer is None:
        lost = "; what became of it is unknown until the next sync or worker asks NAV"
        return f"NAV's answer: none{lost if command['state'] == 'unknown' else ''}"
    same = answer["text"] == command["request_hash"]
    parts = [
        answer["status"],
        f"no. {answer['no']}" if answer["no"] else "",
        f"register {answer['register_no']}" if answer["register_no"] else "",
        f"customer ledger entry {answer['entry_no']}" if answer["entry_no"] else "",
        f"amount {amount_text(answer['amount'])}" if answer["entry_no"] else "",
        "" if same else answer["text"],
    ]
    return f"NAV's answer: {', '.join(filter(None, parts))}"

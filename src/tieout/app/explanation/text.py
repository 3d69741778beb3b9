"""An explanation as a page for an accountant to read from the top: the document, its content, each command with what it did and why, NAV as it is now."""

from __future__ import annotations

from collections.abc import Iterator

from tieout.app.explanation.adoption import adoption_text
from tieout.app.explanation.text_command import command_text
from tieout.app.explanation.text_ledgers import nav_text
from tieout.app.explanation.words import INDENT, Page, amount_text, moment_text, named


def page_text(page: Page) -> str:
    """The page of one subject; moments are UTC."""
    parts = [_found(page)]
    if page["document"]:
        parts += [_document(page["document"]), _content(page)]
    if page["adoption"]:
        parts.append(adoption_text(page))
    if page["document"]:
        parts += [command_text(command) for command in page["commands"]]
        parts.append(nav_text(page))
        parts.append(_left_out(page))
    if page["content"] and "source" in page["content"]:
        parts.append(f"Content as received, byte for byte:\n{page['content']['source']}")
    return "\n\n".join(part for part in parts if part)


def _found(page: Page) -> str:
    """How what was asked for led to the document, or what is said of it if it did not."""
    entry, document = page["entry"], page["document"]
    if entry and page["adoption"]:
        return f"{_entry(entry)}, which was adopted as {page['adoption']['ref']}."
    if not entry or not document:
        return str(page["words"])
    led = f"{_entry(entry)}, under {entry['key']}, which is of {document['ref']}."
    return "\n".join(filter(None, (led, page["words"])))


def _entry(entry: Page) -> str:
    return (
        f"G/L entry {entry['entry_no']}: account {entry['account']}, {amount_text(entry['amount'])}, {named(entry)},"
        f" posting date {entry['posting_date']}, by {entry['user']}"
    )


def _document(document: Page) -> str:
    number = f", number {document['number']}" if document["number"] else ""
    lines = [f"{document['ref']}{number}{_figures(document)}"]
    if document["client"]:
        lines.append(_client(document))
    if document["pays"]:
        lines.append(f"pays {document['pays']}")
    if document["uses_credit"]:
        lines.append(f"uses {document['uses_credit']}")
    if document["state"]:
        lines.append(_state(document))
    if not document["reason"]:
        lines += [f"doubtful: {finding}" for finding in document["findings"]]
    if document["unreadable"]:
        lines.append(f"The content cannot be understood: {document['unreadable']}")
    return "\n".join(lines)


def _client(document: Page) -> str:
    no, made = document["customer_no"], document["customer_made_by"]
    if not no:
        return f"{document['client']} has no customer in NAV yet"
    by = f" (made by {', '.join(made)})" if made else ""
    return f"{document['client']} is NAV's customer {no}{by}"


def _figures(document: Page) -> str:
    if document["amount"] is None:
        return ""
    parts = [
        f"{document['currency']} {amount_text(document['amount'])}",
        f"dated {document['dated']}" if document["dated"] else "",
        f"due {document['due_on']}" if document["due_on"] else "",
        f"open {amount_text(document['outstanding'])}"
        if document["outstanding"] is not None
        else "",
    ]
    return ": " + ", ".join(filter(None, parts))


def _state(document: Page) -> str:
    text = f"{document['state']} since {moment_text(document['since'])}"
    if document["agreed_last"]:
        text += f", last seen to agree {moment_text(document['agreed_last'])}"
    if document["to_be_looked_at"]:
        text += "; it waits to be looked at again"
    return f"{text}: {document['reason']}" if document["reason"] else text


def _content(page: Page) -> str:
    content = page["content"]
    if content is None:
        is_client = page["document"]["kind"] == "customer"
        lines = [] if is_client else ["No content of it was received yet."]
        return "\n".join([*lines, *_approvals(page)])
    rows = [f"{INDENT}{name:<13}{words}" for name, words in _about(content)]
    return "\n".join(["Last content received from FreshBooks", *rows, *_approvals(page)])


def _about(content: Page) -> Iterator[tuple[str, str]]:
    same = "still the same" if content["intact"] else "NOT what its bytes come to now"
    yield "fingerprint", f"{content['fingerprint']} ({same})"
    yield "bytes", f"{content['bytes']:,}, SHA-256 {content['sha256']}"
    yield "changed", moment_text(content["changed_in_freshbooks"]) or "FreshBooks does not say when"
    if content["deleted"]:
        yield "now", "deleted in FreshBooks"
    if content["unlisted"]:
        yield "now", "no list of FreshBooks shows it, which a person has accepted"
    if content["not_kept"]:
        yield "not kept", f"earlier contents, of which were made: {', '.join(content['not_kept'])}"


def _approvals(page: Page) -> Iterator[str]:
    for each in page["approvals"]:
        value = f" ({each['value']})" if each["value"] else ""
        holds = "" if each["holds"] else "; it was for another content and does not hold any more"
        by = f"by {each['by']}, {moment_text(each['at'])}"
        yield f"{INDENT}{'approved':<13}{each['rule']}{value} {by}{holds}"


def _left_out(page: Page) -> str:
    """That something is not shown, where that is so."""
    left_out = any(command["withheld"] for command in page["commands"])
    return (
        "Not shown without --source: the content itself, descriptions, names." if left_out else ""
    )

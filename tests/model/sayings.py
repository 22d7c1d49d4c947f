"""What people can say of an office as it is seen, and what is said once they take it back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from tests.model import pool
from tests.model.seen import Line, Seen

T = TypeVar("T")


def one_of(of: Sequence[T], which: int) -> T:
    return of[which % len(of)]


def target_of(seen: Seen, kind: str, which: int) -> str | None:
    """How a person names whom a recording is assigned to."""
    if kind == "stranger":
        return pool.STRANGERS[which]
    if kind == "customer":
        known = sorted(one["folder"] for one in seen.customers.values())
        return f"{one_of(known, which)}/" if known else None
    rows = rows_that_count(seen)
    if not rows:
        return None
    source, line = one_of(sorted(rows), which)
    return f"{source}:{line}"


def rows_that_count(seen: Seen) -> dict[tuple[str, int], Line]:
    """The rows that count, by sheet and line."""
    read = {one["id"]: one for one in seen.tables["sheet"] if one["state"] == "read"}
    return {
        (read[one["sheet_id"]]["source"], one["line"]): one
        for one in seen.tables["sheet_row"]
        if one["sheet_id"] in read
    }


def whose(seen: Seen, target: str) -> int | None:
    """The customer whom this names by now."""
    if target.endswith("/"):
        return next(
            (id for id, one in seen.customers.items() if f"{one['folder']}/" == target),
            None,
        )
    source, _, line = target.rpartition(":")
    found: int | None = rows_that_count(seen)[source, int(line)]["customer_id"]
    return found


def changes_of(seen: Seen, digest: str) -> Sequence[Line]:
    of = seen.recordings[digest]["id"]
    changed = [one for one in seen.tables["act_change"] if one["recording_id"] == of]
    return sorted(changed, key=lambda one: one["act_id"])


def undone(
    seen: Seen, said: Mapping[str, int | None], act: int, only: str | None
) -> dict[str, int | None]:
    """What is said once this act is undone."""
    kind = next(one["kind"] for one in seen.tables["act"] if one["id"] == act)
    left = dict(said)
    for digest in [only] if only else list(seen.recordings):
        changes = changes_of(seen, digest)
        if not changes or changes[-1]["act_id"] != act:
            continue
        change = changes[-1]
        word = json.loads(change["word_before"] or "null")
        if kind == "pass":
            left[digest] = change["customer_before"]
        elif word is None:
            left.pop(digest, None)
        else:
            left[digest] = word["customer"]
    return left

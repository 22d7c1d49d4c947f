"""What was changed in a sheet after it had been handed in. Pure.

Every version of a sheet that was read is in the catalogue. The rows of the first and the present
one are paired, also where lines were inserted, and their differences told; saving a sheet again
says nothing. What only a version between had is told as taken out.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.records import NewRow
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules

FIELDS = ("customer", "numbers", "called_at", "reached", "promised")


@dataclass(frozen=True, slots=True)
class Edit:
    """A row that was changed, added (`was` is `None`) or taken out (`now` is `None`)."""

    was: NewRow | None
    now: NewRow | None
    fields: tuple[str, ...] = ()
    """Of `FIELDS`, those that differ."""


def _whole(row: NewRow) -> tuple[Hashable, ...]:
    promised = row.promised or row.promised_text  # a date typed in another way is the same
    return (row.customer_name, frozenset(row.numbers), row.called_at, row.reached, promised)


_KEYS: tuple[Callable[[NewRow], Hashable], ...] = (
    lambda row: (row.tab, row.line, *_whole(row)),
    _whole,
    lambda row: (row.tab, row.line, row.customer_name, row.numbers, row.called_at),
    lambda row: (row.customer_name, row.numbers, row.called_at),
    lambda row: (row.customer_name, row.numbers),
    lambda row: row.numbers or None,
    lambda row: row.customer_name,
    lambda row: (row.tab, row.line),
)
"""What makes rows of two versions one row, the surest first; `None` makes none."""


def corrections(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding for each row that is another one than when its sheet was first read."""
    for source, versions in facts.versions.items():
        for edit in edits([[row.said for row in version] for version in versions]):
            yield _finding(source, edit, rules)


def edits(versions: Sequence[Sequence[NewRow]]) -> Iterator[Edit]:
    """What became of the rows of a sheet's first version, and what came later; oldest first.

    A row that was put back, or changed back, is none; one that came and went is told as removed.
    """
    first, present = versions[0], versions[-1]
    pairs, removed, added = _paired(first, present)
    for was, now in pairs:
        if fields := _differing(was, now):
            yield Edit(was, now, fields)
    yield from (Edit(row, None) for row in removed)
    yield from (Edit(None, row) for row in added)
    told = set()
    for version in versions[1:-1]:
        _, _, new = _paired(first, version)
        _, _, gone = _paired(present, version)
        for row in gone:
            who = (row.customer_name, row.numbers)
            if row in new and who not in told:
                told.add(who)
                yield Edit(row, None)


def _paired(
    before: Sequence[NewRow], after: Sequence[NewRow]
) -> tuple[Sequence[tuple[NewRow, NewRow]], Sequence[NewRow], Sequence[NewRow]]:
    """The rows that two versions share, those only the earlier one has, those only the later."""
    left, new = list(before), list(after)
    pairs: list[tuple[NewRow, NewRow]] = []
    for key in _KEYS:
        waiting: defaultdict[Hashable, deque[NewRow]] = defaultdict(deque)
        for row in new:
            waiting[key(row)].append(row)
        behind, found = [], set()
        for row in left:
            if key(row) is not None and (alike := waiting[key(row)]):
                pairs.append((row, alike[0]))
                found.add(id(alike.popleft()))
            else:
                behind.append(row)
        left, new = behind, [row for row in new if id(row) not in found]
    return pairs, left, new


def _differing(was: NewRow, now: NewRow) -> tuple[str, ...]:
    pairs = zip(FIELDS, _whole(was), _whole(now), strict=True)
    return tuple(field for field, before, after in pairs if before != after)


def _finding(source: str, edit: Edit, rules: Rules) -> Finding:
    row = edit.now or edit.was
    assert row is not None  # an edit is of a row
    return rules.finding(
        "row_edited",
        About.of_row(row, source),
        where=source,
        tab=row.tab,
        at=row.line,
        who=row.customer_name or next(iter(row.numbers), rules.words("findings.nobody")),
        what=_what(edit, rules),
    )


def _what(edit: Edit, rules: Rules) -> str:
    if edit.was is None or edit.now is None:
        row, code = (edit.was, "removed") if edit.was else (edit.now, "added")
        assert row is not None  # an edit is of a row
        said = ((field, _said(row, field, rules)) for field in FIELDS)
        listed = (f"{_name(field, rules)} {value}" for field, value in said if value)
        return rules.words(f"findings.edit_{code}", values=rules.listed(listed))
    return rules.listed(_changes(edit.was, edit.now, edit.fields, rules))


def _changes(was: NewRow, now: NewRow, fields: Iterable[str], rules: Rules) -> Iterator[str]:
    blank = rules.words("findings.edit_blank")
    for field in fields:
        before, after = (_said(row, field, rules) or blank for row in (was, now))
        yield rules.words(
            "findings.edit_changed", field=_name(field, rules), before=before, after=after
        )


def _name(field: str, rules: Rules) -> str:
    return rules.words(f"findings.field_{field}")


def _said(row: NewRow, field: str, rules: Rules) -> str:
    """A field as the sheet says it; empty where it says nothing."""
    if field == "called_at":
        return f"{rules.local(row.called_at):%Y-%m-%d %H:%M}" if row.called_at else ""
    if field == "reached":
        return "" if row.reached is None else rules.words(f"findings.reached_{_yes(row.reached)}")
    said = {
        "customer": row.customer_name,
        "numbers": rules.listed(row.numbers),
        "promised": row.promised_text or row.promised,
    }
    return str(said[field] or "")


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"

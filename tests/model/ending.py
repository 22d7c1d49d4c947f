"""What holds when all is at rest: nothing owed, nothing open, nothing in its way.

Some passes in good weather bring any office there. Then the archive, its catalogue and its store
are one, the reports account for all, and another pass, or deciding all days anew, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from archive.catalogue import files
from archive.catalogue.database import open_catalogue
from archive.layout import ASIDE
from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.ingest.small_office import SmallOffice
from tests.model.pool import DAYS, LIU
from tests.model.seen import Line, Seen, look
from tests.model.truth import Truth

_MOST_PASSES = 3


def bring_to_rest(desk: SmallOffice, at: datetime) -> None:
    """Passes with their mirroring, until one has nothing to do."""
    for _ in range(_MOST_PASSES):
        pass_over(desk, at)
        seen = look(desk)
        if not seen.tables["open_day"] and not seen.tables["outbox"]:
            return


def pass_over(desk: SmallOffice, at: datetime) -> None:
    clock = Clock(lambda: at, own=False)
    with open_session(desk.settings) as session:
        session.take_in(clock, Steps())
        session.mirror(clock.now, everything=True)


def decide_anew(desk: SmallOffice, at: datetime) -> None:
    """Has every day decided again, though nothing of it is new."""
    catalogue = open_catalogue(desk.settings.catalogue.url)
    with catalogue.transaction() as tx:
        files.reopen(tx, DAYS)
    catalogue.close()
    pass_over(desk, at)


def check_rest(
    desk: SmallOffice, truth: Truth, objects: Mapping[str, bytes], at: datetime
) -> Sequence[Any]:
    """Holds what is at rest against the truth; returns the reports of all days."""
    seen = look(desk)
    assert not seen.tables["open_day"], "a day stays open"
    assert not list((desk.archive / ".callvault/staging").iterdir()), "copies are left"
    _tree_is_catalogue(seen, truth)
    _store_is_catalogue(seen, truth, objects)
    _rows_are_sheets(seen, truth)
    reports = [desk.report(day, at) for day in DAYS]
    _all_accounted_for(seen, truth, reports)
    for report in reports:
        _report_is_right(report)
    return reports


def check_stillness(desk: SmallOffice, at: datetime) -> None:
    """A second pass changes nothing; nor does deciding again what was decided."""
    before = look(desk)
    pass_over(desk, at)
    _same(before, look(desk), "a second pass changed")
    decide_anew(desk, at)
    _same(before, look(desk), "deciding again changed", but=_WRITTEN_DOWN)


_WRITTEN_DOWN = ("custody_file", "object")
"""Rows that are written anew, though they say the same, are written into a custody file again."""


def _same(before: Seen, after: Seen, what: str, but: Sequence[str] = ()) -> None:
    assert before.files == after.files, f"{what} the archive"
    for name, lines in before.tables.items():
        if name in but:
            continue
        assert _told(name, lines) == _told(name, after.tables[name]), f"{what} the table {name}"


def _told(name: str, lines: Sequence[Line]) -> list[str]:
    """What a table says, whatever the order; an errand that is refused again waits longer."""
    but = {"outbox": ("attempts", "next_at", "error")}.get(name, ())
    return sorted(repr([one[of] for of in one if of not in but]) for one in lines)


def _tree_is_catalogue(seen: Seen, truth: Truth) -> None:
    """P3: every file under a final name has a row, and every row its file."""
    paths = seen.paths
    known = {one["path"]: digest for digest, one in seen.recordings.items()}
    for path, digest in known.items():
        if digest not in truth.harmed:
            assert paths.get(path) == digest, "the catalogue names a file that is another"
    left = {sha256(one).hexdigest() for one in truth.harmed.values() if one is not None}
    left |= truth.strays
    strays = [path for path in paths.keys() - known.keys() if paths[path] not in left]
    assert not strays, "a file has no row"
    assert not [one for one in seen.tables["recording"] if one["target"]], "a move was not ended"


def _store_is_catalogue(seen: Seen, truth: Truth, objects: Mapping[str, bytes]) -> None:
    """Every recording has its object and every object its recording, but where harm was done."""
    excused = {*truth.harmed, *truth.objects_harmed.values()}
    owed = [one for one in seen.tables["outbox"] if _recorded(seen, one) not in excused]
    assert not owed, "the mirror owes something"
    known = {one["path"]: digest for digest, one in seen.recordings.items()}
    for key, content in objects.items():
        digest = sha256(content).hexdigest()
        if key in seen.papers or key.startswith(f"{ASIDE}/"):
            continue
        of = known.get(key)  # a harmed object's copy may lie there, which no good file can replace
        if key not in truth.objects_harmed and not {digest, of} & excused:
            assert of == digest, "an object is nobody's"
    lacking = {digest for path, digest in known.items() if path not in objects}
    assert lacking <= excused, "a recording has no object"


def _recorded(seen: Seen, line: Line) -> str:
    """The recording that an errand is about; of a sheet's or a custody file's that file."""
    of = line["recording_id"]
    digest: str = line["sha256"] if of is None else seen.by_id[of]["sha256"]
    return digest


def _rows_are_sheets(seen: Seen, truth: Truth) -> None:
    """What counts is the last version of each sheet that can be read and is nobody's copy."""
    read = [one for one in seen.tables["sheet"] if one["state"] == "read"]
    assert len({one["source"] for one in read}) == len(read), "two versions of a sheet count"
    counted = {one["sha256"] for one in read}
    for one in truth.inbox.values():
        states = {line["state"] for line in seen.tables["sheet"] if line["sha256"] == one.digest}
        if one.kind == "sheet" and "unreadable" not in states:
            assert one.digest in counted, "the rows of a sheet count for nothing"
            here = {line["sha256"] for line in read if line["source"] == one.source}
            assert here <= {one.digest}, "a version counts that is no more"


def _all_accounted_for(seen: Seen, truth: Truth, reports: Sequence[Any]) -> None:
    """P6, P3: each file of the inbox is in a report; each recording is filed or held in one."""
    named = Counter(one["source"] for report in reports for one in report["recordings"])
    sheets = {call["sheet"] for report in reports for call in report["calls"]}
    sheets |= {found["sheet"] or found["source"] for one in reports for found in one["findings"]}
    for source, one in truth.inbox.items():
        if one.kind == "sheet":
            assert source in sheets, "a sheet is in no report"
        else:
            assert named[source] == 1, "a file of the inbox is in no report, or twice in them"
    told_of = {
        one["sha256"]
        for report in reports
        for one in report["recordings"]
        if one["sha256"] and one["status"] != "duplicate"
    }
    assert told_of == seen.recordings.keys(), "a recording is in no report"


def _report_is_right(report: Any) -> None:
    """P6: who is held is named, who has no recording is named, and nobody else."""
    found = {(one["code"], one["source"]) for one in report["findings"]}
    for one in report["recordings"]:
        if one["status"] in ("ambiguous", "unmatched", "damaged"):
            # A recording whose file was replaced is told apart by its hash.
            plain = one["source"].removesuffix(f"@{one['sha256'][:8]}")
            names = {code for code, source in found if source == plain}
            # One that is decided, and that a disk lost before it was moved, waits for its file.
            expected = {"recording_waiting"} if one["customer"] else _HELD
            assert names & expected, "a held recording has no finding"
    heard = {one["customer"] for one in report["calls"] if one["recordings"]}
    absent = {one["customer"] for one in report["findings"] if one["code"] == "missing_recording"}
    # Of the other names there may be several customers.
    assert not absent & heard & {LIU[0]}, "a customer with a recording is named as missing theirs"
    if all(one["status"] in ("filed", "ignored") for one in report["recordings"]):
        reached = {one["customer"] for one in report["calls"] if one["reached"]}
        assert reached - heard <= absent, "a call without a recording is in no finding"


_HELD = {"unmatched_recording", "ambiguous_recording", "held_by_person"}

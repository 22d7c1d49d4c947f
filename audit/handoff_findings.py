"""What is found about hand-offs, sheets, the mirror and the copies of a day. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import PurePosixPath

from archive.mirror_records import MirrorState
from archive.records import FileState, InboxFile, Sheet, SheetState
from audit.day import Finding
from audit.facts import Facts
from audit.missing_handoffs import brought_by, of_other_days
from audit.rules import About, Rules
from config.forms import required
from config.settings import FIRST_MIRROR
from matcher.names import canonical

_RECORDED = (FileState.RECORDING, FileState.DUPLICATE)
_HANDED_OVER = (*_RECORDED, FileState.SHEET)


def late(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding a collector, however many of their files came late."""
    deadline = rules.due(facts.day)
    same_day = deadline.date() == facts.day
    by_collector: defaultdict[str | None, list[InboxFile]] = defaultdict(list)
    for file in facts.files:
        if file.state in _HANDED_OVER and file.arrived_at > deadline:
            by_collector[file.collector].append(file)
    for collector, files in by_collector.items():
        last = max(file.arrived_at for file in files)
        yield rules.finding(
            "late_handoff",
            About(collector=collector, source=files[0].source),
            who=collector or rules.words("findings.somebody"),
            count=len(files),
            deadline=f"{deadline:%H:%M}" if same_day else f"{deadline:%Y-%m-%d %H:%M}",
            last=f"{rules.local(last):%Y-%m-%d %H:%M}",
        )


def about_sheets(facts: Facts, rules: Rules) -> Iterator[Finding]:
    for sheet in facts.sheets:
        about = About(collector=sheet.collector, sheet=sheet.source)
        if sheet.state is SheetState.ANSWERS:
            yield from _about_answers(sheet, about, rules)
            continue
        said = " ".join(rules.words.say(problem) for problem in sheet.problems)
        if sheet.state is SheetState.UNREADABLE:
            yield rules.finding("sheet_unreadable", about, file=sheet.source, why=said)
        elif sheet.state is SheetState.DUPLICATE:
            yield rules.finding("duplicate_sheet", about, file=sheet.source, why=said)
        elif sheet.problems:
            yield rules.finding("sheet_problem", about, file=sheet.source, why=said)
        lacking = _lacking(sheet, facts, rules)
        if sheet.state is SheetState.READ and lacking:
            yield rules.finding(
                "column_missing", about, file=sheet.source, fields=rules.fields(lacking)
            )


def _about_answers(sheet: Sheet, about: About, rules: Rules) -> Iterator[Finding]:
    """A report that came back: how many reasons it had, what of them could not be placed, and
    whether it lies where a sheet of calls lay.
    """
    over = [problem for problem in sheet.problems if problem.key == "answers.over_calls"]
    read, *wrong = (rules.words.say(one) for one in sheet.problems if one not in over)
    yield rules.finding("answers_read", about, file=sheet.source, said=read)
    if wrong:
        yield rules.finding("answer_unknown", about, file=sheet.source, why=" ".join(wrong))
    for problem in over:
        yield rules.finding("sheet_problem", about, file=sheet.source, why=rules.words.say(problem))


def _lacking(sheet: Sheet, facts: Facts, rules: Rules) -> list[str]:
    """Columns that the rows' departments ask for, and the sheet does not have."""
    departments = {row.said.department for row in facts.rows if row.sheet == sheet.source} or {None}
    own, asked = rules.calls.required, sorted(departments, key=str)
    forms = [required(one, sheet.columns, own) for one in asked]
    return [one for one in dict.fromkeys(chain(*forms)) if one not in sheet.columns]


def sheets_missing(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Collectors who handed over recordings and whom no sheet of the day covers.

    What is filed has its sheet, perhaps that of another day; what was made on another day that
    lacks one is told as that. Who handed a sheet over may be called otherwise in its rows.
    """
    named = {canonical(row.said.collector) for row in facts.rows if row.said.collector}
    named |= brought_by(facts, facts.day)
    for_all = any(row.said.collector is None for row in facts.rows)
    told_already = {
        sheet.collector for sheet in facts.sheets if sheet.state is SheetState.UNREADABLE
    }
    elsewhere = {one.id for found in of_other_days(facts, rules).values() for one in found}
    held: defaultdict[str | None, list[InboxFile]] = defaultdict(list)
    for file in facts.files:
        if _is_held(file, facts) and file.recording not in elsewhere:
            held[file.collector].append(file)
    for collector, files in held.items():
        covered = (
            bool(facts.rows) if collector is None else for_all or canonical(collector) in named
        )
        explained = collector in told_already or (not facts.rows and None in told_already)
        if not covered and not explained:
            yield rules.finding(
                "sheet_missing",
                About(collector=collector),
                who=collector or rules.words("findings.somebody"),
                count=len({file.recording for file in files}),
                folder=_folder(files[0].source, facts.day),
            )


def about_mirror(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """The day's recordings without a confirmed copy: one finding for waiting, one for failing; and
    those whose copies are not locked though the office wants it: one for each cause.
    """
    if not rules.mirrored:
        yield rules.finding("mirror_off", About())
        return
    of_day = [
        one.id for one in facts.recordings.values() if one.day == facts.day and not one.disposal
    ]
    for name, states in {FIRST_MIRROR: facts.mirror, **facts.further}.items():
        yield from _about_one_mirror(name, [states[id] for id in of_day], rules)


def _about_one_mirror(name: str, of_day: Sequence[MirrorState], rules: Rules) -> Iterator[Finding]:
    def told(why: str) -> str:
        return rules.words("findings.in_mirror", name=name, why=why) if rules.further else why

    behind = [state for state in of_day if state.checksum is None]
    for code, states in (
        ("mirror_failed", [state for state in behind if state.refusals]),
        ("mirror_pending", [state for state in behind if not state.refusals]),
    ):
        if states:
            cause = next((state.error for state in states if state.error), None)
            why = rules.words.say(cause) if cause else ""
            if rules.quiet_until and code == "mirror_pending":
                at = f"{rules.quiet_until:%H:%M}"
                why = rules.words("findings.mirror_quiet", at=at)
            about = About(apart=f"{name}|{cause.key if cause else ''}")
            yield rules.finding(code, about, count=len(states), why=told(why))
    locked = rules.locked if name == FIRST_MIRROR else name in rules.further_locked
    unlocked = [state.unlocked for state in of_day if locked and state.unlocked is not None]
    for key, count in Counter(why.key for why in unlocked).items():
        why = rules.words.say(next(one for one in unlocked if one.key == key))
        about = About(apart=f"{name}|{key}")
        yield rules.finding("mirror_unlocked", about, count=count, why=told(why))


def about_copies(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Copies that were found missing or altered: in the report of the recording's day, which tells
    of it until it is repaired, and in that of the day on which it was found.
    """
    for recording in facts.faulty:
        for fault in facts.faults[recording.id]:
            found_on = rules.local(fault.found_at).date()
            if facts.day in (recording.day, found_on):
                yield rules.finding(
                    fault.code,
                    About(recording.customer_name, recording.collector, recording.source),
                    file=fault.path,
                    id=recording.id,
                )


def _is_held(file: InboxFile, facts: Facts) -> bool:
    """Whether it holds a recording of the day that is not filed; two collectors may have handed
    over the same one, whichever came first.
    """
    if file.state not in _RECORDED or file.recording is None:
        return False
    recording = facts.recordings[file.recording]
    copied = file.state is FileState.DUPLICATE and recording.day != facts.day
    return not recording.filed and not copied


def _folder(source: str, day: date) -> str:
    """Where the sheet is expected: beside the recordings, else in a folder of the day."""
    folder = PurePosixPath(source).parent.as_posix()
    return day.isoformat() if folder == "." else folder

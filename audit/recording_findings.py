"""What is found about the recordings and other files of a day. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from archive.fixity import Place
from archive.records import FileState, InboxFile, Recording
from archive.said_records import Word
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules

UNSOUND = ("damaged", "truncated", "empty")
_OF_FILES = {
    FileState.DUPLICATE: "duplicate_recording",
    FileState.WAITING: "recording_waiting",
    FileState.PLANNED: "recording_waiting",
    FileState.REFUSED: "refused_file",
    FileState.IGNORED: "ignored_file",
}
_UNTOLD = ("ingest.junk", "ingest.sidecar_of")
"""Reasons for ignoring a file that nobody needs to hear of."""


def about_files(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Files that were not admitted: copies, unfinished, refused, unknown."""
    for file in facts.files:
        code = _OF_FILES.get(file.state)
        if code and not (file.reason and file.reason.key in _UNTOLD):
            yield rules.finding(
                code,
                About(collector=file.collector, source=file.source),
                file=file.source,
                reason=_reason(file, rules),
            )


def about_recordings(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Recordings that are held, damaged, silent, or not what their names say."""
    for recording in facts.recordings.values():
        if recording.day == facts.day:
            yield from _about(recording, facts, rules)


def extra(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Customers with several recordings on the day: the office's rule is one file a customer."""
    by_customer: defaultdict[int | None, list[Recording]] = defaultdict(list)
    for row in facts.rows:
        for recording in facts.filed_under[row.id]:
            by_customer[recording.customer].append(recording)
    for recordings in by_customer.values():
        if len(recordings) > 1:
            ordered = sorted(
                recordings, key=lambda one: (one.started_at or one.arrived_at, one.source)
            )
            last = ordered[-1]
            yield rules.finding(
                "extra_recording",
                About(last.customer_name, last.collector, last.source),
                count=len(recordings),
                who=last.customer_name,
                files=rules.listed(one.source for one in ordered),
            )


def _about(recording: Recording, facts: Facts, rules: Rules) -> Iterator[Finding]:
    about = About(recording.customer_name, recording.collector, recording.source)
    if not recording.filed:
        yield _about_held(recording, about, facts.words.get(recording.id), rules)
    if former := facts.withdrawn.get(recording.id):
        whose = About(former, recording.collector, recording.source)
        yield rules.finding("filing_withdrawn", whose, file=recording.source, who=former)
    if former := facts.formerly_held.get(recording.id):
        name = recording.customer_name
        yield rules.finding("hold_of_former", about, file=recording.source, who=name, former=former)
    # What was taken out of the inbox is not replaced by a later file of its name.
    if recording.id in facts.replaced and recording.released is None:
        yield rules.finding("recording_replaced", about, file=recording.source)
    probed = recording.probed
    if probed is None:
        if _could_not_be_read(recording, facts):
            values = {"file": recording.source, "id": recording.id}
            yield rules.finding("unread_recording", about, **values)
        return
    said = " ".join(rules.words.say(note) for note in probed.notes)
    if probed.condition in UNSOUND:
        yield rules.finding("damaged_recording", about, file=recording.source, why=said)
    elif probed.silent:
        yield rules.finding("silent_recording", about, file=recording.source)
    elif any(note.key == "sound.header_wrong" for note in probed.notes):
        yield rules.finding("header_wrong", about, file=recording.source, why=said)


def _could_not_be_read(recording: Recording, facts: Facts) -> bool:
    """By the last pass, which probed all others; where verifying has been there that says why."""
    known = any(one.place is Place.ARCHIVE for one in facts.faults.get(recording.id, ()))
    return not (facts.undecided or known or recording.disposal)


def _about_held(recording: Recording, about: About, word: Word | None, rules: Rules) -> Finding:
    outcome = recording.outcome
    if word is not None and word.customer is None:
        return rules.finding(
            "held_by_person", about, file=recording.source, why=rules.told_by(word)
        )
    if outcome is None or outcome.verdict == "matched":
        reason = rules.words("findings.cut_short")
        return rules.finding("recording_waiting", about, file=recording.source, reason=reason)
    why = rules.words(f"reasons.why_{outcome.why}")
    return rules.finding(f"{outcome.verdict}_recording", about, file=recording.source, why=why)


def _reason(file: InboxFile, rules: Rules) -> str:
    return rules.words.say(file.reason) if file.reason else rules.words("findings.cut_short")

"""The office's rules as the audit is handed them, and how findings are put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from archive.records import Word
from audit.day import Finding, Severity
from config.language import Words

SEVERITIES = {
    "archive_missing": Severity.ERROR,
    "archive_altered": Severity.ERROR,
    "mirror_missing": Severity.ERROR,
    "mirror_altered": Severity.ERROR,
    "missing_recording": Severity.ERROR,
    "unmatched_recording": Severity.WARNING,
    "ambiguous_recording": Severity.WARNING,
    "filing_withdrawn": Severity.WARNING,
    "held_by_person": Severity.INFO,
    "duplicate_recording": Severity.INFO,
    "extra_recording": Severity.INFO,
    "damaged_recording": Severity.ERROR,
    "silent_recording": Severity.WARNING,
    "header_wrong": Severity.INFO,
    "recording_replaced": Severity.WARNING,
    "recording_waiting": Severity.WARNING,
    "refused_file": Severity.WARNING,
    "ignored_file": Severity.INFO,
    "incomplete_row": Severity.WARNING,
    "row_unreadable": Severity.WARNING,
    "customer_unclear": Severity.WARNING,
    "promise_beyond_authority": Severity.WARNING,
    "call_out_of_hours": Severity.WARNING,
    "too_many_calls": Severity.WARNING,
    "late_handoff": Severity.WARNING,
    "sheet_missing": Severity.ERROR,
    "sheet_unreadable": Severity.ERROR,
    "sheet_problem": Severity.WARNING,
    "column_missing": Severity.INFO,
    "duplicate_sheet": Severity.INFO,
    "row_edited": Severity.INFO,
    "mirror_off": Severity.INFO,
    "mirror_pending": Severity.WARNING,
    "mirror_unlocked": Severity.WARNING,
    "mirror_failed": Severity.ERROR,
    "archive_unreachable": Severity.ERROR,
    "inbox_unreachable": Severity.ERROR,
    "disk_nearly_full": Severity.ERROR,
    "mirror_silent": Severity.ERROR,
    "clock_off": Severity.ERROR,
    "nothing_handed_over": Severity.WARNING,
    "missing_closed": Severity.INFO,
    "answer_unknown": Severity.WARNING,
    "answers_read": Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a finding is about."""

    customer: str | None = None
    collector: str | None = None
    source: str | None = None
    sheet: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    timezone: ZoneInfo
    deadline: time
    """Local time by which the day's hand-offs are due."""
    words: Words
    mirrored: bool
    locked: bool = False
    """Whether the store is asked to lock what is mirrored."""
    quiet_until: datetime | None = None
    """Until when the mirror is left alone, in the office's time zone; `None`: it is not."""
    further: Mapping[str, str] = field(default_factory=dict)
    """What stands before the keys in each mirror beside the first, by its name."""
    further_locked: frozenset[str] = frozenset()
    """Those of them whose objects are to be locked."""
    report_at: time = time(20)
    """Local time of the nightly report."""

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.timezone)

    def fields(self, names: Iterable[str]) -> str:
        """What the sheet calls these fields, for a sentence."""
        return self.listed(self.words(f"findings.field_{name}") for name in names)

    def listed(self, things: Iterable[str]) -> str:
        return ("、" if self.words.language == "zh" else ", ").join(things)

    def told_by(self, word: Word) -> str:
        """Who said what of a recording, and when."""
        key = "findings.assigned_by" if word.customer is not None else "findings.held_by"
        return self.words(key, by=word.said_by, at=f"{self.local(word.said_at):%Y-%m-%d %H:%M}")

    def finding(self, code: str, about: About, **values: object) -> Finding:
        """A finding in the office's language; `values` fill its sentence."""
        return Finding(
            code=code,
            severity=SEVERITIES[code],
            message=self.words(f"findings.{code}", **values),
            customer=about.customer,
            collector=about.collector,
            source=about.source,
            sheet=about.sheet,
            line=about.line,
        )

"""The office's rules as the audit is handed them, and how findings are put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from archive.records import NewRow
from archive.said_records import Word
from audit.day import Finding, Severity
from config.calendar import Calendar
from config.language import Words
from config.settings import CallRules

SEVERITIES = {
    "archive_missing": Severity.ERROR,
    "archive_altered": Severity.ERROR,
    "mirror_missing": Severity.ERROR,
    "mirror_altered": Severity.ERROR,
    "custody_broken": Severity.ERROR,
    "handoff_missing": Severity.WARNING,
    "sheet_without_recordings": Severity.ERROR,
    "missing_recording": Severity.ERROR,
    "completeness_low": Severity.WARNING,
    "unmatched_recording": Severity.WARNING,
    "ambiguous_recording": Severity.WARNING,
    "filing_withdrawn": Severity.WARNING,
    "hold_of_former": Severity.WARNING,
    "held_by_person": Severity.INFO,
    "duplicate_recording": Severity.INFO,
    "extra_recording": Severity.INFO,
    "more_recordings_than_calls": Severity.INFO,
    "recordings_of_another_day": Severity.WARNING,
    "duration_differs": Severity.WARNING,
    "clock_drift": Severity.WARNING,
    "damaged_recording": Severity.ERROR,
    "unread_recording": Severity.ERROR,
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
    "retention_due": Severity.INFO,
    "mirror_off": Severity.INFO,
    "mirror_pending": Severity.WARNING,
    "mirror_unlocked": Severity.WARNING,
    "mirror_failed": Severity.ERROR,
    "archive_unreachable": Severity.ERROR,
    "inbox_unreachable": Severity.ERROR,
    "disk_nearly_full": Severity.ERROR,
    "mirror_silent": Severity.ERROR,
    "clock_off": Severity.ERROR,
    "copies_bad": Severity.ERROR,
    "passes_stopped": Severity.ERROR,
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
    tab: str | None = None
    apart: str = ""
    """As in `audit.day.Finding`."""

    @classmethod
    def of_row(cls, said: NewRow, sheet: str, source: str | None = None) -> About:
        """About a row; where it gives no name, its numbers tell whom it is about."""
        return cls(
            customer=said.customer_name,
            collector=said.collector,
            source=source,
            sheet=sheet,
            line=said.line,
            tab=said.tab,
            apart="" if said.customer_name else "、".join(sorted(set(said.numbers))),
        )


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
    calls: CallRules = CallRules()
    calendar: Calendar = Calendar()
    off_due: str = "same_day"
    """When what is handed over for a day off is due, as in `config.settings.Handoff`."""
    now: datetime | None = None
    """By it is told whether a day's deadline has passed; `None`: of no day."""

    def due(self, day: date) -> datetime:
        """By when a day's hand-offs are due."""
        on = self.calendar.working_day_from(day) if self.off_due == "next_working_day" else day
        return datetime.combine(on, self.deadline, self.timezone)

    def is_over(self, day: date) -> bool:
        """Whether the day's hand-offs were due, so that what is not there did not come."""
        return self.now is not None and self.now > self.due(day)

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
            tab=about.tab,
            apart=about.apart,
        )

"""What the office sets, as frozen values that the rooms are handed."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from config.calendar import Calendar
from config.forms import concerns
from config.grades import Plan
from config.quiet import Hours


@dataclass(frozen=True, slots=True)
class Office:
    name: str
    timezone: ZoneInfo
    language: str
    """`zh` or `en`."""


@dataclass(frozen=True, slots=True)
class Inbox:
    path: Path
    settle_seconds: float
    """A file is taken when its size and mtime have stood still for this long."""
    scan_seconds: float
    """How often the daemon lists the whole inbox, events or not."""
    watch: str
    """`auto` (native events where the folder is local), `native` or `polling`."""
    max_megabytes: int
    """A larger file is refused, and the report says so."""
    patterns: tuple[str, ...] = ()
    """The office's own forms of a recording's name: regular expressions with the named groups
    `contact`, `number`, `date`, `time` and `direction`."""
    raw_audio: tuple[str, ...] = ()
    """Formats of sound without a header, `alaw`, `ulaw` or `vox`, that files of those extensions
    really hold."""
    release: str = "keep"
    """What becomes of a recording in the inbox that two verified copies exist of: `keep`, `move`
    or `delete`."""
    released: Path = Path("inbox-released")
    """Where `move` puts it, on the inbox's own volume."""


@dataclass(frozen=True, slots=True)
class Handoff:
    deadline: time
    """Local time by which a day's recordings are due."""
    remind_minutes: int = 30
    """How long before it the daemon says who has handed over nothing yet; 0: it does not."""
    off_due: str = "same_day"
    """When what is handed over for a day off is due: `same_day`, or `next_working_day`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields with the office's own header texts, which go before all that callvault knows."""
    reached: tuple[str, ...] = ()
    """The office's own words for outcomes that expect a recording."""
    not_reached: tuple[str, ...] = ()
    """And for those that do not."""


@dataclass(frozen=True, slots=True)
class Archive:
    path: Path
    name: str
    """Template of a filed recording's name; see `archive.layout`."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    url: str


FIRST_MIRROR = "mirror"
"""What the mirror of the section `[mirror]` is called where there are several."""


@dataclass(frozen=True, slots=True)
class Mirror:
    bucket: str
    prefix: str
    endpoint_url: str | None
    region: str | None
    addressing_style: str
    """`auto`, `path` or `virtual`."""
    profile: str | None
    workers: int
    store: str | None = None
    """Whose store it is, one of `config.stores.STORES`; `None`: told by the endpoint."""
    encryption: str = "none"
    """What the store is asked to encrypt with: `none`, `AES256` or `aws:kms`."""
    kms_key: str | None = None
    """The key for `aws:kms`; `None`: the store's own."""
    megabits: float = 0
    """Of all uploads together, a second; 0: as much as the line gives."""
    quiet: tuple[Hours, ...] = ()
    """Local hours in which the daemon does not upload."""
    lock: str = "off"
    """Whether the store is asked to lock objects for as long as recordings are retained: `off`,
    `governance` or `compliance`."""
    name: str = FIRST_MIRROR
    engine: str = "boto3"
    """What sends small objects: `boto3`, or `obstore` where that is as good."""
    key_file: Path | None = None
    """The file with the key that objects are sealed with on this computer; `None`: they are not."""


@dataclass(frozen=True, slots=True)
class FolderMirror:
    """A further mirror in a folder on another disk, or on a NAS."""

    name: str
    folder: Path
    workers: int = 2
    key_file: Path | None = None
    """As of a bucket."""


@dataclass(frozen=True, slots=True)
class KeepRule:
    """One sentence of the office's rule: so many years for a department, a grade, or everybody."""

    kind: str
    """`department`, `grade` or `years`."""
    name: str
    """The department or grade as the settings have it; empty: everybody."""
    years: int

    def last_day(self, day: date) -> date:
        """The last one on which a file is to be kept whose last recording is of `day`."""
        year = day.year + self.years
        leap_day = (day.month, day.day) == (2, 29)
        return date(year, 3, 1) if leap_day and not isleap(year) else day.replace(year=year)


@dataclass(frozen=True, slots=True)
class Retention:
    """The office's rule on how long customers' files are kept; by itself it deletes nothing."""

    years: int
    """From a customer's last recording; for everybody."""
    departments: tuple[tuple[str, int], ...] = ()
    """More years for customers whom one of these departments called; named as in `config.forms`."""
    grades: tuple[tuple[str, int], ...] = ()
    """More years for customers who ever had one of these grades."""

    def applying(self, departments: Collection[str], grades: Collection[str]) -> KeepRule:
        """The longest that applies to a customer whom sheets called by these departments' names
        and grades, as `config.grades` reads them.
        """
        told = [KeepRule("years", "", self.years)]
        for name, years in self.departments:
            if any(concerns(name, one) for one in departments):
                told.append(KeepRule("department", name, years))
        told += [KeepRule("grade", name, years) for name, years in self.grades if name in grades]
        return max(told, key=lambda one: one.years)

    def until(self, day: date, zone: tzinfo) -> datetime:
        """The end of the last day on which a recording of `day` is to be kept at least, aware.

        Of the customer's other recordings, department and grade nothing is known here.
        """
        last = KeepRule("years", "", self.years).last_day(day)
        return datetime.combine(last + timedelta(days=1), time(), zone)

    def over_before(self, day: date) -> date:
        """The last day whose recordings need not be kept any more on `day`, at the earliest."""
        last = day - timedelta(days=1)
        year = last.year - self.years
        leap_day = (last.month, last.day) == (2, 29)
        return date(year, 2, 28) if leap_day and not isleap(year) else last.replace(year=year)


@dataclass(frozen=True, slots=True)
class CallRules:
    """What the office and the law ask of calls and of the rows about them."""

    call_hours: Hours = Hours(time(8), time(22))
    """Local time in which customers may be called (贷后催收业务指引 2024; GB/T 45251-2025)."""
    calls_a_day: int = 3
    """At most so many to one customer (the same)."""
    due_day: int = 15
    """Of a month, on which payments are due; the last one where the month is shorter."""
    grace_days: int = 1
    """So many more may a credit collector grant."""
    completeness_percent: int = 0
    """Of the customers reached in a day at least so many are to have their recording; 0: the
    office has no target."""
    required: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Departments with the fields that their rows may not leave blank, in place of those of
    `config.forms`."""


@dataclass(frozen=True, slots=True)
class Report:
    at: time
    """Local time at which the daemon writes the nightly report."""
    folder: Path


@dataclass(frozen=True, slots=True)
class Custody:
    timestamp_url: str | None = None
    """The RFC 3161 authority that stamps custody files; `None`: nobody does."""
    timestamp_ca: Path | None = None
    """A PEM file of certificates that must vouch for what the authority answers."""
    timestamp_hours: float = 1.0
    """What lies at least between one time stamp and the next."""


@dataclass(frozen=True, slots=True)
class Alarms:
    command: tuple[str, ...] = ()
    """A program of the office's own that gets each alarm's sentence on its standard input."""
    free_percent: int = 5
    free_gigabytes: int = 2
    """The archive's disk is nearly full with less than either free."""


@dataclass(frozen=True, slots=True)
class Verify:
    """How the daemon reads again what is kept."""

    slices: int = 30
    """Parts of which one is verified a day; 0: none is."""
    at: time = time(21)
    """Local time from which that day's part is due."""


@dataclass(frozen=True, slots=True)
class Log:
    """Where a daemon that a service started writes its log."""

    file: Path = Path("callvault.log")
    megabytes: int = 5
    """A file of that size is put aside and a new one begun."""
    keep: int = 5
    """How many of those that were put aside are kept."""


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom the daemon writes to: by mail, into a group of WeCom, DingTalk, Feishu, or elsewhere."""

    urls_file: Path | None = None
    """The office's file with their addresses, one a line; `None`: nobody is written to."""
    report: bool = True
    alarms: bool = True
    attach: str = "html"
    """The form of the report that goes along where files are taken: `html`, `xlsx` or `none`."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whom the office plans to call when; see `audit.coverage`."""

    plan: Plan = ()
    """The legal department's."""
    credit_calls: int = 2
    """On how many days of a month the credit department calls each of its customers at least."""
    months_back: int = 3
    """A customer belongs to a month whose last call was no more than so many months earlier."""


@dataclass(frozen=True, slots=True)
class Settings:
    office: Office
    inbox: Inbox
    handoff: Handoff
    archive: Archive
    catalogue: Catalogue
    mirror: Mirror | None
    """`None`: no mirror is configured, and the report says so."""
    report: Report
    sheet: Sheet = Sheet()
    calendar: Calendar = Calendar()
    rules: CallRules = CallRules()
    custody: Custody = Custody()
    alarms: Alarms = Alarms()
    verify: Verify = Verify()
    log: Log = Log()
    notify: Notify = Notify()
    retention: Retention | None = None
    """`None`: the office has no rule."""
    coverage: Coverage = Coverage()
    further: tuple[Mirror | FolderMirror, ...] = ()
    """Mirrors beside the first, by their unique names."""
    source: Path = field(default=Path("callvault.toml"))
    """The file that these came from."""

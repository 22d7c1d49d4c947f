"""From `callvault.toml` and the environment to settings that can be used, or all that is wrong.

An environment variable `CALLVAULT_INBOX_PATH` goes before `path` in `[inbox]`; an empty one counts
as not set. Relative paths, from the environment too, start at the settings file's folder.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from config import further, grades, notifying, retention, rule_values, values
from config.calendar import Calendar
from config.given import Given, Key, Problem, read
from config.language import Message
from config.settings import (
    Alarms,
    Archive,
    CallRules,
    Catalogue,
    Coverage,
    Custody,
    FolderMirror,
    Handoff,
    Inbox,
    Log,
    Mirror,
    Notify,
    Office,
    Report,
    Retention,
    Settings,
    Sheet,
    Verify,
)
from config.values import WrongValueError

FILE = "callvault.toml"
EXAMPLE = Path(__file__).parent / "example.toml"
"""What `callvault init` writes."""

_OPTIONAL = ("mirror", "retention")
"""Sections without which there is no such thing."""
_PREFIX = "CALLVAULT_"
_OTHER_VARIABLES = frozenset({"CALLVAULT_CONFIG"})
"""What the command line reads for itself."""

SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "office": {
        "name": Key(values.text, ""),
        "timezone": Key(values.zone, "Asia/Shanghai"),
        "language": Key(values.language, "zh"),
    },
    "inbox": {
        "path": Key(values.path),
        "settle_seconds": Key(values.seconds, 10),
        "scan_seconds": Key(values.seconds, 300),
        "watch": Key(values.watching, "auto"),
        "max_megabytes": Key(values.count, 2048),
        "patterns": Key(values.patterns, []),
        "raw_audio": Key(values.raw_formats, []),
        "release": Key(values.releasing, "keep"),
        "released": Key(values.path, None),
    },
    "handoff": {
        "deadline": Key(values.clock, "17:00"),
        "remind_minutes": Key(values.count_or_none, 30),
        "off_due": Key(rule_values.off_due, "same_day"),
    },
    "calendar": {
        "working_days": Key(rule_values.weekdays, "1-5"),
        "holidays": Key(rule_values.holidays, []),
        "extra_working_days": Key(rule_values.dates, []),
    },
    "rules": {
        "call_hours": Key(rule_values.call_hours, "08:00-22:00"),
        "calls_a_day": Key(values.count, 3),
        "due_day": Key(rule_values.day_of_month, 15),
        "grace_days": Key(rule_values.days_of_grace, 1),
        "completeness_percent": Key(rule_values.percent, 0),
        "required": Key(rule_values.required, {}),
    },
    "sheet": {
        "columns": Key(values.columns, {}),
        "reached": Key(rule_values.outcomes, []),
        "not_reached": Key(rule_values.outcomes, []),
    },
    "archive": {
        "path": Key(values.path),
        "name": Key(values.template, "{date}_{time}_{customer}_{last4}"),
    },
    "catalogue": {"url": Key(values.database, None)},
    "mirror": {
        "bucket": Key(values.bucket),
        "prefix": Key(values.text, ""),
        "endpoint_url": Key(values.endpoint, None),
        "region": Key(values.some_text, None),
        "addressing_style": Key(values.addressing, "auto"),
        "profile": Key(values.some_text, None),
        "workers": Key(values.count, 8),
        "megabits": Key(values.megabits, 0),
        "quiet": Key(values.quiet, []),
        "store": Key(values.store, None),
        "encryption": Key(values.encryption, "none"),
        "kms_key": Key(values.some_text, None),
        "lock": Key(values.locking, "off"),
        "engine": Key(values.engine, "boto3"),
        "key_file": Key(values.path, None),
    },
    "retention": retention.KEYS,
    "custody": {
        "timestamp_url": Key(values.authority, None),
        "timestamp_ca": Key(values.path, None),
        "timestamp_hours": Key(values.hours, 1),
    },
    "report": {"at": Key(values.clock, "20:00"), "folder": Key(values.path, "reports")},
    "alarms": {
        "command": Key(values.command, []),
        "free_percent": Key(values.count, 5),
        "free_gigabytes": Key(values.count, 2),
    },
    "verify": {
        "slices": Key(values.count_or_none, 30),
        "at": Key(values.clock, "21:00"),
    },
    "log": {
        "file": Key(values.path, "callvault.log"),
        "megabytes": Key(values.count, 5),
        "keep": Key(values.count, 5),
    },
    "notify": notifying.KEYS,
    "coverage": {
        "plan": Key(grades.plan, grades.DEFAULT_PLAN),
        "credit_calls": Key(values.count, 2),
        "months_back": Key(values.count, 3),
    },
}


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{one.file}: {one.message.key}" for one in problems))
        self.problems = problems


def find(explicit: Path | None, cwd: Path, user_dir: Path) -> Path:
    """The settings file: the one that was named, else the working folder's, else the user's own.

    Raises SettingsError if there is none.
    """
    places = [explicit] if explicit else [cwd / FILE, user_dir / FILE]
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(map(str, places))
    raise SettingsError((Problem(str(places[0]), None, Message.of("settings.absent", at=looked)),))


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """The settings in `path`, `environment` going before them.

    Raises SettingsError with everything that is wrong, not only the first.
    """
    text = _text(path)
    parsed = _parsed(path, text)
    given = dict(_in_file(path, text, parsed)) | dict(_in_environment(environment))
    problems = [
        *_strangers(path, text, parsed),
        *_strange_variables(environment),
        *_passwords(path, given),
    ]
    found: dict[str, dict[str, Any]] = {}
    for section in SECTIONS:
        stated = section in parsed or any(at == section for at, _ in given)
        if stated or section not in _OPTIONAL:
            absent = Given(None, str(path), _line_of(text, section))
            stated_keys = {key: one for (at, key), one in given.items() if at == section}
            title = f"[{section}]"
            found[section] = dict(read(title, SECTIONS[section], stated_keys, absent, problems))
    archive = given.get(("archive", "path"), Given(None, str(path), None))
    _place_catalogue(found, archive, problems)
    _place_released(found["inbox"])
    problems += _nested(found, given, archive)
    problems += _released(found, given, str(path))
    problems += _keys_without_use(found, given)
    problems += _locked(found, given)
    problems += retention.without_use(found, given)
    problems += notifying.misplaced(found, given, str(path))
    problems += _outcomes_twice(found["sheet"], given, Given(None, str(path), None))
    listed = further.Listed(path, text, parsed.get(further.SECTION, []))
    mirrors = listed.read(SECTIONS["mirror"], found, problems)
    problems += _keys_within(found, given, mirrors, Given(None, str(path), None))
    if problems:
        raise SettingsError(tuple(sorted(problems, key=lambda one: (one.file, one.line or 0))))
    return Settings(
        office=Office(**found["office"]),
        inbox=Inbox(**found["inbox"]),
        handoff=Handoff(**found["handoff"]),
        archive=Archive(**found["archive"]),
        catalogue=Catalogue(**found["catalogue"]),
        mirror=Mirror(**found["mirror"]) if "mirror" in found else None,
        report=Report(**found["report"]),
        sheet=Sheet(**found["sheet"]),
        calendar=Calendar(**found["calendar"]),
        rules=CallRules(**found["rules"]),
        custody=Custody(**found["custody"]),
        alarms=Alarms(**found["alarms"]),
        verify=Verify(**found["verify"]),
        log=Log(**found["log"]),
        notify=Notify(**found["notify"]),
        coverage=Coverage(**found["coverage"]),
        retention=Retention(**found["retention"]) if "retention" in found else None,
        further=mirrors,
        source=path,
    )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _stop(path, None, "unreadable", error=error.strerror or error) from None
    try:
        return raw.decode("utf-8-sig")  # Notepad puts a byte order mark before UTF-8
    except UnicodeDecodeError as error:
        raise _stop(path, raw.count(b"\n", 0, error.start) + 1, "not_utf8") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        place = re.search(r"at line (\d+)", str(error))
        number = int(place[1]) if place else len(text.rstrip().split("\n"))
        if re.search(r'"[^"]*\\', lines[number - 1]):
            raise _stop(path, number, "backslash_line") from None
        if re.search("[“”‘’＝【】]", lines[number - 1]):
            raise _stop(path, number, "chinese_marks") from None
        raise _stop(path, number, "syntax", error=error) from None


def _stop(path: Path, line: int | None, code: str, **said: object) -> SettingsError:
    return SettingsError((Given(None, str(path), line).problem(code, **said),))


def _line_of(text: str, section: str, key: str | None = None) -> int | None:
    """The line of a key, else of its section. TOML's reader gives none, so this scans for it."""
    inside, found = "", None
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"""\s*\[+\s*["']?([\w-]+)""", line)
        stated = re.match(r"""\s*["']?([\w.-]+)["']?\s*=""", line)
        if header:
            inside = header[1]
            name = inside
        elif stated:
            name = f"{inside}.{stated[1]}" if inside else stated[1]
        else:
            continue
        if name == f"{section}.{key}":
            return number
        if found is None and name.split(".")[0] == section:
            found = number
    return found


def _in_file(
    path: Path, text: str, parsed: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], Given]]:
    for section, keys in SECTIONS.items():
        table = parsed.get(section)
        if isinstance(table, dict):
            for key in keys:
                if key in table:
                    line = _line_of(text, section, key)
                    yield (section, key), Given(table[key], str(path), line)


def _in_environment(
    environment: Mapping[str, str],
) -> Iterator[tuple[tuple[str, str], Given]]:
    for variable, (section, name) in _variables().items():
        said = environment.get(variable, "")
        if not said.strip():
            continue
        value: object = said
        if isinstance(SECTIONS[section][name].default, int | list | dict):
            with contextlib.suppress(tomllib.TOMLDecodeError):
                value = tomllib.loads(f"value = {said}")["value"]
        yield (section, name), Given(value, variable, None)


def _variables() -> dict[str, tuple[str, str]]:
    return {
        f"{_PREFIX}{section}_{key}".upper(): (section, key)
        for section, keys in SECTIONS.items()
        for key in keys
    }


def _strangers(path: Path, text: str, parsed: Mapping[str, Any]) -> Iterator[Problem]:
    """Sections and keys that callvault does not know."""
    for section, table in parsed.items():
        if section == further.SECTION:
            continue
        at = Given(None, str(path), _line_of(text, section))
        if section not in SECTIONS:
            code = "section_unknown" if isinstance(table, dict) else "outside_section"
            yield _unknown(at, code, section, SECTIONS)
        elif not isinstance(table, dict):
            yield at.problem("not_a_section", name=section)
        for key in table if isinstance(table, dict) else ():
            at = Given(None, str(path), _line_of(text, section, key))
            known = SECTIONS.get(section)
            if known is None and values.SECRET.search(key):
                yield at.problem("secret", name=f"[{section}] {key}")
            elif known is not None and key not in known:
                yield _unknown(at, "key_unknown", key, known, f"[{section}] ")


def _strange_variables(environment: Mapping[str, str]) -> Iterator[Problem]:
    known = _variables()
    for variable in environment:
        if variable.startswith(_PREFIX) and variable not in known.keys() | _OTHER_VARIABLES:
            at, name = Given(None, variable, None), variable.removeprefix(_PREFIX)
            stems = [one.removeprefix(_PREFIX) for one in known]
            yield _unknown(at, "variable_unknown", name, stems, _PREFIX)


def _unknown(at: Given, code: str, name: str, known: Iterable[str], where: str = "") -> Problem:
    if values.SECRET.search(name):
        return at.problem("secret", name=where + name)
    near = values.nearest(name, known)
    if near is None:
        return at.problem(code, name=where + name, known=", ".join(known))
    return at.problem(f"{code}_near", name=where + name, near=where + near)


def _passwords(path: Path, given: Mapping[tuple[str, str], Given]) -> Iterator[Problem]:
    url = given.get(("catalogue", "url"))
    if url is not None and url.file == str(path) and values.has_password(url.value):
        yield url.problem("password_in_url", name="[catalogue] url")


def _place_catalogue(
    found: Mapping[str, dict[str, Any]], archive: Given, problems: list[Problem]
) -> None:
    """Where nothing else is said, the catalogue lies inside the archive."""
    folder, catalogue = found["archive"].get("path"), found["catalogue"]
    if folder is not None and catalogue.get("url", "") is None:
        try:
            catalogue["url"] = values.sqlite_file(folder / ".callvault" / "catalogue.sqlite")
        except WrongValueError as error:
            problems.append(archive.problem(error.code, name="[archive] path", **error.values))


def _place_released(inbox: dict[str, Any]) -> None:
    """Where nothing else is said, what is moved out of the inbox goes beside it."""
    path = inbox.get("path")
    if path is not None and inbox.get("released", path) is None:
        inbox["released"] = path.parent / f"{path.name}-released"


def _released(
    found: Mapping[str, dict[str, Any]],
    given: Mapping[tuple[str, str], Given],
    file: str,
) -> Iterator[Problem]:
    """What would make a release unsafe; nothing of it matters where sources are kept."""
    inbox = found["inbox"]
    if inbox.get("release") not in ("move", "delete"):
        return
    at = given[("inbox", "release")]
    if "mirror" not in found:
        yield at.problem("release_without_mirror", policy=inbox["release"])
    folder, store = inbox.get("released"), found["archive"].get("path")
    if inbox["release"] == "delete" or not folder:
        return
    at = given.get(("inbox", "released"), Given(None, file, at.line))
    if inbox.get("path") and (_inside(folder, inbox["path"]) or _inside(inbox["path"], folder)):
        yield at.problem("released_in_inbox", folder=folder, inbox=inbox["path"])
    if store and (_inside(folder, store) or _inside(store, folder)):
        yield at.problem("released_in_archive", folder=folder, archive=store)


def _keys_without_use(
    found: Mapping[str, dict[str, Any]], given: Mapping[tuple[str, str], Given]
) -> Iterator[Problem]:
    """A key that nothing is encrypted with: somebody believes that it is."""
    mirror = found.get("mirror", {})
    if mirror.get("kms_key") and mirror.get("encryption", "aws:kms") != "aws:kms":
        yield given["mirror", "kms_key"].problem("kms_key_without_use", section="[mirror]")


def _outcomes_twice(
    sheet: Mapping[str, Any], given: Mapping[tuple[str, str], Given], file: Given
) -> Iterator[Problem]:
    for word in sorted(set(sheet.get("reached", ())) & set(sheet.get("not_reached", ()))):
        yield given.get(("sheet", "reached"), file).problem("outcome_twice", word=word)


def _locked(
    found: Mapping[str, dict[str, Any]], given: Mapping[tuple[str, str], Given]
) -> Iterator[Problem]:
    """A lock needs to be told until when."""
    lock = found.get("mirror", {}).get("lock", "off")
    if lock != "off" and "retention" not in found:
        yield given["mirror", "lock"].problem(
            "lock_without_retention", section="[mirror]", mode=lock
        )


def _keys_within(
    found: Mapping[str, dict[str, Any]],
    given: Mapping[tuple[str, str], Given],
    mirrors: Iterable[Mirror | FolderMirror],
    file: Given,
) -> Iterator[Problem]:
    """A mirror's key where recordings lie: it would go where they go."""
    places = [found[section].get("path") for section in ("archive", "inbox")]
    places += [one.folder for one in mirrors if isinstance(one, FolderMirror)]
    keys = [(file, "[[mirrors]]", one.key_file) for one in mirrors]
    first = found.get("mirror", {}).get("key_file")
    keys.append((given.get(("mirror", "key_file"), file), "[mirror]", first))
    for at, section, key in keys:
        for place in places:
            if key and place and _inside(key, place):
                yield at.problem("key_file_within", section=section, path=key, place=place)


def _nested(
    found: Mapping[str, dict[str, Any]],
    given: Mapping[tuple[str, str], Given],
    archive: Given,
) -> Iterator[Problem]:
    """Folders inside one another: what callvault writes would be handed over to it again."""
    inbox, store = found["inbox"].get("path"), found["archive"].get("path")
    reports = found["report"].get("folder")
    if inbox and store and _inside(store, inbox):
        yield archive.problem("archive_in_inbox", archive=store, inbox=inbox)
    elif inbox and store and _inside(inbox, store):
        yield archive.problem("inbox_in_archive", archive=store, inbox=inbox)
    if inbox and reports and _inside(reports, inbox):
        at = given.get(("report", "folder"), Given(None, archive.file, None))
        yield at.problem("report_in_inbox", folder=reports, inbox=inbox)


def _inside(inner: Path, outer: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())

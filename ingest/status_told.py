"""`callvault status`: what the daemon does, from the file that it writes, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from archive.lock import is_served
from config.language import Words
from config.quiet import quiet_until
from config.settings import Settings
from ingest.desk import Told, as_json, lines
from ingest.status_board import BEAT_SECONDS
from ingest.status_file import MIRROR, lock_path, read_status, status_path, to_message

DONE, NOT_RUNNING, NEEDS_A_PERSON = 0, 1, 3
_SILENCE = timedelta(seconds=4 * BEAT_SECONDS)
"""Without a sign of life for so long a daemon hangs, or the computer woke up just now."""

Status = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Daemon:
    """Whether there is one, and what it told last."""

    state: str
    """`running`, `silent` (it is there and gives no sign of life) or `stopped`."""
    silent_for: timedelta
    """Since its last sign of life."""
    told: Status | None
    """`None`: there never was one."""

    @property
    def needs_a_person(self) -> bool:
        told = self.told or {}
        return bool(told.get("alarms")) or any((told.get("attention") or {}).values())


def tell_status(settings: Settings, words: Words, now: datetime, form: str) -> Told:
    """`now` is aware, in the office's zone."""
    told = read_status(status_path(settings.source))
    daemon = judge(told, is_served(lock_path(settings.source)), now)
    code = NEEDS_A_PERSON if daemon.needs_a_person else DONE
    code = code if daemon.state == "running" else NOT_RUNNING
    quiet = quiet_until(settings.mirror.quiet if settings.mirror else (), now)
    if form == "json":
        return Told(as_json(_as_json(daemon, words, quiet)), exit_code=code)
    return Told(lines(*_lines(daemon, words, now, quiet)), exit_code=code)


def judge(told: Status | None, served: bool | None, now: datetime) -> Daemon:
    """What of it holds now. `served`: whether a daemon holds its lock, where that can be told.

    A sign of life from a time that is still to come was given before the clock was set back; the
    next one is half a minute off. Pure.
    """
    if told is None:
        return Daemon("silent" if served else "stopped", timedelta(0), None)
    silent_for = now - datetime.fromisoformat(told["heartbeat_at"])
    if served is None:  # where nobody can hold the lock, its own word must do
        served = told["ended_at"] is None and abs(silent_for) <= _SILENCE
    if not served:
        return Daemon("stopped", silent_for, told)
    return Daemon("silent" if silent_for > _SILENCE else "running", silent_for, told)


def _as_json(daemon: Daemon, words: Words, quiet: datetime | None) -> Status:
    told = {"state": daemon.state, **(daemon.told or {})}
    if quiet is not None:
        told["quiet_until"] = quiet.isoformat()
    if error := told.get("last_error"):
        told["last_error"] = {**error, "message": words.say(to_message(error))}
    if alarms := told.get("alarms"):
        told["alarms"] = [{**one, "message": words.say(to_message(one))} for one in alarms]
    return told


def _lines(daemon: Daemon, words: Words, now: datetime, quiet: datetime | None) -> Iterator[str]:
    told = daemon.told
    if told is None:
        yield words("status.never")
        return
    yield _head(daemon, told, words)
    if daemon.state != "stopped":
        doing = words(f"status.doing_{told['doing']}")
        yield words("status.doing", doing=doing, since=_clock(told["doing_since"], now))
    yield from _waiting(told, words, now, quiet)
    yield from _last(told, words, now)
    for one in told["alarms"]:
        said = words.say(to_message(one))
        yield words("status.alarm", since=_clock(one["since"], now), said=said)
    attention = told["attention"] or {}
    if any(attention.values()):
        yield words("status.attention", **attention)


def _head(daemon: Daemon, told: Status, words: Words) -> str:
    at = told["heartbeat_at"].replace("T", " ")[:16]
    if daemon.state == "running":
        since = told["started_at"].replace("T", " ")[:16]
        return words("status.running", pid=told["pid"], since=since)
    if daemon.state == "silent":
        minutes = int(daemon.silent_for.total_seconds() // 60)
        return words("status.silent", pid=told["pid"], at=at, minutes=minutes)
    key = "status.stopped" if told["ended_at"] else "status.died"
    return words(key, at=at)


def _waiting(told: Status, words: Words, now: datetime, quiet: datetime | None) -> Iterator[str]:
    waiting = [one for one in told["waiting"] if one["count"]]
    for one in waiting:
        key, since = f"status.waits_{one['what']}", _clock(one["since"], now)
        yield words(key, count=one["count"], since=since, name=one["mirror"])
    if quiet is not None and any(one["what"] == MIRROR for one in waiting):
        yield words("status.quiet", at=_clock(quiet.isoformat(), now))
    if not waiting:
        yield words("status.waits_nothing")


def _last(told: Status, words: Words, now: datetime) -> Iterator[str]:
    if at := told["last_pass_at"]:
        yield words("status.last_pass", at=_clock(at, now))
    if report := told["last_report"]:
        yield words("status.last_report", day=report["day"], at=_clock(report["at"], now))
    if verified := told["last_verification"]:
        key = "status.last_verification"
        key += "_failed" if verified["failed"] else ""
        at, found = _clock(verified["at"], now), verified["findings"]
        yield words(key, at=at, slice=verified["slice"], findings=found)
    if error := told["last_error"]:
        said = words.say(to_message(error))
        yield words("status.last_error", at=_clock(error["at"], now), said=said)


def _clock(told: str, now: datetime) -> str:
    """A time of today without its date."""
    day, _, clock = told.partition("T")
    return clock[:5] if day == str(now.date()) else f"{day} {clock[:5]}"

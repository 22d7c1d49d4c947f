"""All that a recording's place and name in the inbox say about its call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from ingest.folders import read_folders
from ingest.recorders import read_name
from matcher.evidence import Evidence
from matcher.names import canonical, parse_contact


def gather(
    source: str, tz: ZoneInfo, arrived: date, patterns: Sequence[re.Pattern[str]] = ()
) -> tuple[date, Evidence]:
    """The day a recording was handed over for, and its evidence.

    The day is the folder's, else the date in the name (in `tz`), else `arrived`. Where folder and
    name differ, both stay: the folder's as the day, the name's as `started_at`.
    `source` is relative to the inbox, with `/`; `arrived` also completes dates without a year;
    `patterns` are the office's own for names.
    """
    folders = read_folders(source, arrived)
    name = source.rpartition("/")[2]
    evidence = read_name(name, tz, folders.day or arrived, patterns)
    if folders.collector:
        evidence = replace(_without(evidence, folders.collector), collector=folders.collector)
    started = evidence.started_at
    named = started.astimezone(tz).date() if started else None
    return folders.day or named or arrived, evidence


def _without(evidence: Evidence, collector: str) -> Evidence:
    """A file named by hand may name the collector beside the customer: `王芳 张三.mp3`."""
    if evidence.reader != "general" or not evidence.contact:
        return evidence
    words = evidence.contact.split(" ")
    others = [word for word in words if canonical(word) != canonical(collector)]
    if len(others) == len(words):
        return evidence
    contact = parse_contact(" ".join(others))
    note = " ".join(filter(None, (contact.note, evidence.note))) or None
    return replace(evidence, contact=contact.name, note=note, surname=contact.surname)

"""The mirrors beside the first: each `[[mirrors]]` names another bucket, or a folder elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from config import values
from config.folders import inside
from config.given import Given, Key, Problem, read
from config.settings import FIRST_MIRROR, FolderMirror, Mirror
from config.stores import without_bucket

SECTION = "mirrors"
_NAME = Key(values.mirror_name)
_FOLDER = {
    "name": _NAME,
    "folder": Key(values.path),
    "workers": Key(values.workers, 2),
    "key_file": Key(values.path, None),
}
_NOT_OF_ITS_OWN = "quiet"
"""The hours in which nothing is sent are those of the first mirror, and hold for all."""


@dataclass(frozen=True, slots=True)
class _One:
    """One `[[mirrors]]` that can be used, and where it stands."""

    at: Given
    mirror: Mirror | FolderMirror


@dataclass(frozen=True, slots=True)
class Listed:
    """All that the settings file `text` has under `[[mirrors]]`, as TOML was `parsed`."""

    path: Path
    text: str
    parsed: object

    def read(
        self,
        bucket_keys: Mapping[str, Key],
        others: Mapping[str, Mapping[str, Any]],
        problems: list[Problem],
    ) -> tuple[Mirror | FolderMirror, ...]:
        """The mirrors, in their order; what is wrong joins `problems`.

        `bucket_keys` are those of `[mirror]`, `others` the values of all other sections.
        """
        places = list(self._places())
        if not isinstance(self.parsed, list) or any(
            not isinstance(one, dict) for one in self.parsed
        ):
            problems.append(
                Given(None, str(self.path), places[0] if places else None).problem(
                    "mirrors_not_listed"
                )
            )
            return ()
        of_bucket = {"name": _NAME, **bucket_keys}
        del of_bucket[_NOT_OF_ITS_OWN]
        found = []
        for number, table in enumerate(self.parsed):
            line = places[number] if number < len(places) else None
            keys = _FOLDER if "folder" in table else of_bucket
            at = Given(None, str(self.path), line)
            read_well = self._read(at, table, keys, problems)
            if read_well is not None:
                found.append(_One(at, read_well))
        if found and FIRST_MIRROR not in others:
            problems.append(found[0].at.problem("mirrors_without_mirror"))
        problems += _twice(found, others)
        problems += _nested(found, others)
        problems += _without_use(found, others)
        return tuple(one.mirror for one in found)

    def _places(self) -> Iterator[int]:
        for number, line in enumerate(self.text.split("\n"), start=1):
            if re.match(rf"""\s*\[+\s*["']?{SECTION}\b|\s*{SECTION}\s*=""", line):
                yield number

    def _read(
        self,
        at: Given,
        table: Mapping[str, object],
        keys: Mapping[str, Key],
        problems: list[Problem],
    ) -> Mirror | FolderMirror | None:
        title, before = f"[[{SECTION}]]", len(problems)
        given = {
            key: Given(value, at.file, self._line_of(key, at.line)) for key, value in table.items()
        }
        for key in table.keys() - keys.keys():
            code = "secret" if values.SECRET.search(key) else "key_unknown"
            known = ", ".join(keys)
            problems.append(given[key].problem(code, name=f"{title} {key}", known=known))
        found = dict(read(title, keys, given, at, problems))
        if len(problems) > before:
            return None
        return FolderMirror(**found) if "folder" in found else Mirror(**found)

    def _line_of(self, key: str, header: int | None) -> int | None:
        if header is None:
            return None
        for number, line in enumerate(self.text.split("\n")[header:], start=header + 1):
            if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
                return number
            if re.match(r"\s*\[", line):
                break
        return header


def _twice(found: list[_One], others: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Two of one name, or in one place: each would take the other's objects for its own."""
    names, buckets = {FIRST_MIRROR}, [_place(others.get(FIRST_MIRROR, {}))]
    for one in found:
        if one.mirror.name.casefold() in names:
            yield one.at.problem("mirror_name_taken", name=one.mirror.name)
        names.add(one.mirror.name.casefold())
        if isinstance(one.mirror, Mirror):
            place = _place({name: getattr(one.mirror, name) for name in _PLACE})
            if any(_within(place, other) or _within(other, place) for other in buckets):
                yield one.at.problem("mirror_twice", bucket=one.mirror.bucket)
            buckets.append(place)


_PLACE = ("endpoint_url", "bucket", "prefix")


def _place(of: Mapping[str, Any]) -> tuple[str, str, str]:
    parts = [part for part in re.split(r"[/\\]", of.get("prefix") or "") if part]
    prefix = "".join(f"{part}/" for part in parts)
    return (of.get("endpoint_url") or "").rstrip("/"), of.get("bucket") or "", prefix


def _within(inner: tuple[str, str, str], outer: tuple[str, str, str]) -> bool:
    return inner[:2] == outer[:2] and inner[2].startswith(outer[2])


def _nested(found: list[_One], others: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """A mirror's folder in another of callvault's folders, or the other way round."""
    own = [others[at].get(key) for at, key in _FOLDERS]
    taken = [folder for folder in own if isinstance(folder, Path)]
    for one in found:
        if not isinstance(one.mirror, FolderMirror):
            continue
        folder = one.mirror.folder
        for other in taken:
            if any(inside(inner, outer) for inner, outer in pairwise((folder, other, folder))):
                yield one.at.problem("mirror_folder_nested", folder=folder, other=other)
        taken.append(folder)


_FOLDERS = (("archive", "path"), ("inbox", "path"), ("inbox", "released"), ("report", "folder"))


def _without_use(found: list[_One], others: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """As with the first mirror: a key that nothing is encrypted with, a lock without an end, a
    bucket that is named twice.
    """
    for one in found:
        if isinstance(one.mirror, FolderMirror):
            continue
        endpoint, bucket = one.mirror.endpoint_url, one.mirror.bucket
        server = without_bucket(endpoint, bucket) if endpoint else None
        if server is not None:
            names = {"section": f"[[{SECTION}]]", "bucket": bucket, "server": server}
            yield one.at.problem("bucket_in_endpoint", value=endpoint, **names)
        if one.mirror.kms_key and one.mirror.encryption != "aws:kms":
            yield one.at.problem("kms_key_without_use", section=f"[[{SECTION}]]")
        if one.mirror.lock != "off" and "retention" not in others:
            said = {"section": f"[[{SECTION}]]", "mode": one.mirror.lock}
            yield one.at.problem("lock_without_retention", **said)

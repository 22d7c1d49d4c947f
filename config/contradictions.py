"""Settings that are each right by themselves, and wrong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from config import notifying, retention, values
from config.folders import OWN_FOLDER, inside
from config.given import Found, Given, Problem, Stated
from config.settings import FolderMirror, Mirror
from config.stores import without_bucket


def between_sections(found: Found, given: Stated, file: str) -> Iterator[Problem]:
    """`file` is the settings file, which stands for what nobody stated."""
    absent = Given(None, file, None)
    yield from _nested(found, given, given.get(("archive", "path"), absent))
    yield from _reported_early(found, given, absent)
    yield from _released(found, given, file)
    yield from _keys_without_use(found, given)
    yield from _bucket_twice(found, given)
    yield from _locked(found, given)
    yield from retention.without_use(found, given)
    yield from notifying.misplaced(found, given, file)
    yield from _outcomes_twice(found["sheet"], given, absent)


def _nested(found: Found, given: Stated, archive: Given) -> Iterator[Problem]:
    """Folders inside one another: what callvault writes would be handed over to it again, or lie
    among the recordings as what nobody knows.
    """
    inbox, store = found["inbox"].get("path"), found["archive"].get("path")
    reports = found["report"].get("folder")
    if inbox and store and inside(store, inbox):
        yield archive.problem("archive_in_inbox", archive=store, inbox=inbox)
    elif inbox and store and inside(inbox, store):
        yield archive.problem("inbox_in_archive", archive=store, inbox=inbox)
    at = given.get(("report", "folder"), Given(None, archive.file, None))
    if inbox and reports and inside(reports, inbox):
        yield at.problem("report_in_inbox", folder=reports, inbox=inbox)
    if store and reports and inside(reports, store):
        yield at.problem("report_in_archive", folder=reports, archive=store)
    catalogue = values.file_of(found["catalogue"].get("url") or "")
    stated = given.get(("catalogue", "url"))  # else it lies in the archive, as told above
    if inbox and catalogue and stated and inside(catalogue, inbox):
        yield stated.problem("catalogue_in_inbox", file=catalogue, inbox=inbox)
    if store and catalogue and stated and inside(catalogue, store):
        own = store / OWN_FOLDER
        if not inside(catalogue, own):
            yield stated.problem("catalogue_in_archive", file=catalogue, archive=store, own=own)
    log, stated = found["log"].get("file"), given.get(("log", "file"))
    if inbox and log and stated and inside(log, inbox):
        yield stated.problem("log_in_inbox", file=log, inbox=inbox)
    if store and log and stated and inside(log, store):
        yield stated.problem("log_in_archive", file=log, archive=store)


def _reported_early(found: Found, given: Stated, file: Given) -> Iterator[Problem]:
    """A report that is made before anything is due, and stays as it is, lacks what comes then."""
    at, deadline = found["report"].get("at"), found["handoff"].get("deadline")
    if at is not None and deadline is not None and at < deadline:
        stated = given.get(("report", "at")) or given.get(("handoff", "deadline"), file)
        yield stated.problem("report_before_deadline", at=f"{at:%H:%M}", due=f"{deadline:%H:%M}")


def _released(found: Found, given: Stated, file: str) -> Iterator[Problem]:
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
    if inbox.get("path") and (inside(folder, inbox["path"]) or inside(inbox["path"], folder)):
        yield at.problem("released_in_inbox", folder=folder, inbox=inbox["path"])
    if store and (inside(folder, store) or inside(store, folder)):
        yield at.problem("released_in_archive", folder=folder, archive=store)


def _keys_without_use(found: Found, given: Stated) -> Iterator[Problem]:
    """A key that nothing is encrypted with: somebody believes that it is."""
    mirror = found.get("mirror", {})
    if mirror.get("kms_key") and mirror.get("encryption", "aws:kms") != "aws:kms":
        yield given["mirror", "kms_key"].problem("kms_key_without_use", section="[mirror]")


def _bucket_twice(found: Found, given: Stated) -> Iterator[Problem]:
    """Objects would lie elsewhere in the bucket than they are listed."""
    mirror = found.get("mirror", {})
    said, bucket = mirror.get("endpoint_url"), mirror.get("bucket")
    server = without_bucket(said, bucket) if said and bucket else None
    if server is not None:
        yield given["mirror", "endpoint_url"].problem(
            "bucket_in_endpoint", section="[mirror]", value=said, bucket=bucket, server=server
        )


def _locked(found: Found, given: Stated) -> Iterator[Problem]:
    """A lock needs to be told until when."""
    lock = found.get("mirror", {}).get("lock", "off")
    if lock != "off" and "retention" not in found:
        yield given["mirror", "lock"].problem(
            "lock_without_retention", section="[mirror]", mode=lock
        )


def _outcomes_twice(sheet: Mapping[str, Any], given: Stated, file: Given) -> Iterator[Problem]:
    for word in sorted(set(sheet.get("reached", ())) & set(sheet.get("not_reached", ()))):
        yield given.get(("sheet", "reached"), file).problem("outcome_twice", word=word)


def keys_within(
    found: Found,
    given: Stated,
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
            if key and place and inside(key, place):
                yield at.problem("key_file_within", section=section, path=key, place=place)

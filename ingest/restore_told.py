"""`callvault restore`: recordings from the mirror into a folder of one's own."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from archive.catalogue.chosen import Choice
from archive.catalogue.database import Catalogue, open_catalogue
from archive.connecting import connect
from archive.errors import CatalogueError, DiskError
from archive.keeping import require_newest
from archive.restoring_outside import Fate, Outside, Returned, refuse_within
from archive.store import Store
from config.language import Message, Words
from config.settings import FolderMirror, Mirror
from config.visible import visible
from ingest.desk import DONE, NEEDS_A_PERSON, Desk, Told, as_json
from ingest.naming import whose


@dataclass(frozen=True, slots=True)
class Asked:
    customer: str | None
    """As people name one; `None`: everybody's, and what nobody's is yet."""
    first: date | None
    last: date | None
    """Days of the call, both included."""


def tell_restore(
    desk: Desk,
    mirror: Mirror | FolderMirror,
    asked: Asked,
    folder: Path,
    width: int | None,
    tell: Callable[[str, int, int], None],
) -> Told:
    """A table of `width` columns, or JSON where it is `None`.

    Raises ArchiveError where it cannot be done; WordError for a customer who is not known.
    `tell` hears a step, how many more are through, and of how many.
    """
    settings = desk.settings
    own = [one.folder for one in settings.further if isinstance(one, FolderMirror)]
    try:
        refuse_within(folder, [settings.archive.path, settings.inbox.path, *own])
    except OSError as error:
        said = error.strerror or str(error)
        raise DiskError(Message.of("restore.folder_failed", path=folder, error=said)) from error
    with closing(_catalogue(settings.catalogue.url)) as catalogue:
        with suppress(DiskError):  # the archive itself may be gone: its catalogue is enough
            require_newest(catalogue, Store(settings.archive.path))
        choice = _choice(catalogue, asked)
        objects = connect(mirror, settings.archive.path, catalogue)
        outside = Outside(catalogue, objects, folder, mirror.workers, mirror.name)
        counts: Counter[Fate] = Counter()
        fetched, unwell = 0, []
        for one in outside.restore(choice, partial(tell, "restore")):
            counts[one.fate] += 1
            fetched += (one.kept.size or 0) * (one.fate is Fate.FETCHED)
            if not one.fate.well:
                unwell.append(one)
    code = NEEDS_A_PERSON if unwell else DONE
    if width is None:
        return Told(as_json(_as_json(counts, fetched, unwell, desk.words)), exit_code=code)
    return Told(_as_table(counts, fetched, unwell, desk.words, width), exit_code=code)


def _catalogue(url: str) -> Catalogue:
    try:
        return open_catalogue(url, make=False)
    except CatalogueError as error:
        if error.message.key != "archive.catalogue_missing":
            raise
        where = dict(error.message.values)["url"]
        raise CatalogueError(Message.of("restore.no_catalogue", url=where)) from error


def _choice(catalogue: Catalogue, asked: Asked) -> Choice:
    customer = None
    if asked.customer is not None:
        with catalogue.reading() as tx:
            customer = whose(tx, asked.customer).customer.id
    return Choice(customer_id=customer, first=asked.first, last=asked.last)


def _as_json(
    counts: Counter[Fate], fetched: int, unwell: Sequence[Returned], words: Words
) -> dict[str, object]:
    return {
        "counts": {fate.value: counts[fate] for fate in Fate},
        "bytes_fetched": fetched,
        "problems": [
            {
                "code": one.fate.value,
                "recording": one.kept.recording,
                "sha256": one.kept.sha256,
                "path": one.kept.path,
                "message": words(f"restore.{one.fate}", file=one.kept.path),
            }
            for one in unwell
        ],
    }


def _as_table(
    counts: Counter[Fate], fetched: int, unwell: Sequence[Returned], words: Words, width: int
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, width=width, no_color=True, highlight=False)
    if unwell:
        table = Table(box=None, pad_edge=False)
        for field in ("recording", "archive_path", "remedy"):
            table.add_column(words(f"restore.column_{field}"), overflow="fold")
        for one in unwell:
            remedy = words(f"restore.{one.fate}", file=one.kept.path)
            cells = (str(one.kept.recording), one.kept.path, remedy)
            table.add_row(*(Text(visible(cell)) for cell in cells))
        console.print(table)
    megabytes = f"{fetched / 1e6:.1f}"
    told = {"there": counts[Fate.THERE], "fetched": counts[Fate.FETCHED], "left": len(unwell)}
    console.print(words("restore.done", megabytes=megabytes, **told), soft_wrap=True)
    return out.getvalue()

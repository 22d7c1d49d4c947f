"""Whether the custody log still holds for one day, at the cost of that day.

The day's custody files name the last entry of each and its hash. Its entries must follow from the
file before, one from another, and end in these hashes; whoever alters one has to alter the files,
too, and then those of the mirror (`archive.custody_check` reads all of them).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import Connection

from archive.catalogue import log, papers
from archive.catalogue.papers import KnownFile
from archive.custody import broken


def broken_on(tx: Connection, day: date, zone: tzinfo) -> int | None:
    """The first entry that does not hold of the custody files that were written on `day`, as the
    clocks of `zone` told it; `None` where all do.
    """
    start = datetime.combine(day, time(), zone)
    written = papers.files_written(tx, start, start + timedelta(days=1))
    found = (_broken(tx, before, files) for before, files in _runs(written))
    return next((entry for entry in found if entry is not None), None)


def _runs(files: Sequence[KnownFile]) -> Iterator[tuple[int, Sequence[KnownFile]]]:
    """The files that follow one another, and the number before; a wrong clock parts them."""
    run: list[KnownFile] = []
    for one in files:
        if run and one.number != run[-1].number + 1:
            yield run[0].number - 1, run
            run = []
        run.append(one)
    if run:
        yield run[0].number - 1, run


def _broken(tx: Connection, before: int, files: Sequence[KnownFile]) -> int | None:
    start, last = papers.file_of(tx, before), files[-1].last
    if start is None:  # the file before is known no more: what these follow from, nobody can say
        return last
    ends = log.hashes_of(tx, {one.last for one in files})
    torn = (one.last for one in files if ends.get(one.last) != one.head)
    first = start.last + 1
    unlinked = broken(log.between(tx, first, last), first, start.head)
    return min((at for at in (next(torn, None), unlinked) if at is not None), default=None)

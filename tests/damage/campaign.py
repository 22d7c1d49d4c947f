"""Random damage to an office's files, objects, custody files and catalogue, found and repaired.

    python -m tests.damage.campaign --files 750 --catalogue 250 --seed 1

Prints what was done, found, named and repaired of each kind at each place; the exit code is 1 where
something escaped. The same seed does the same damage.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.fixity import Place
from archive.layout import CUSTODY
from archive.repair import Mended, Outcome
from tests.archive.two_copies import flip
from tests.damage.catalogue import damage_catalogue
from tests.damage.tally import KINDS, Tally
from tests.damage.world import World
from tests.s3_server import ENVIRONMENT, S3Server

CALLS = 60
_AT_ONCE = 12
"""Faults that an office has to deal with at the same time."""
PLACES = ("archive", "bucket", "custody files")


@dataclass(frozen=True, slots=True)
class Done:
    """One fault: what was done, and the copies that are bad by it."""

    place: str
    kind: str
    bad: Mapping[tuple[Place, str], bytes | None]
    """What stands there now; `None`: nothing."""


@dataclass
class Round:
    """Some faults at once: no copy is hit twice, but both copies of a thing may be."""

    world: World
    chance: random.Random
    tally: Tally
    done: list[Done] = field(default_factory=list)

    def run(self, faults: Sequence[tuple[str, str]]) -> None:
        for place, kind in faults:
            self.done.append(self._harm(place, kind))
        self._look()
        self._repair()
        self._restore()

    def _harm(self, place: str, kind: str) -> Done:
        copies = self._copies(place)
        if kind == "swap":  # which takes two
            per_place = Counter(one for one, _ in copies)
            copies = [one for one in copies if per_place[one[0]] > 1]
        target = self.chance.choice(copies)
        contents = self.world.pristine[target[0]][target[1]]
        if kind == "deletion":
            return Done(place, kind, self._put({target: None}))
        if kind == "flip":
            bad = flip(contents, self.chance.randrange(len(contents) * 8))
            return Done(place, kind, self._put({target: bad}))
        if kind == "truncation":
            bad = contents[: self.chance.randrange(len(contents))]
            return Done(place, kind, self._put({target: bad}))
        others = [one for one in copies if one[0] is target[0] and one != target]
        other = self.chance.choice(others)
        swapped: dict[tuple[Place, str], bytes | None] = {
            target: self.world.pristine[other[0]][other[1]],
            other: contents,
        }
        return Done(place, kind, self._put(swapped))

    def _copies(self, place: str) -> list[tuple[Place, str]]:
        """Those that were not hit yet; of custody files there are few, so their place is any."""
        of_custody = place == "custody files"
        where = [
            one for one in Place if of_custody or (one is Place.ARCHIVE) == (place == "archive")
        ]
        hit = {copy for done in self.done for copy in done.bad}
        return [
            (one, path)
            for one in where
            for path in self.world.pristine[one]
            if path.startswith(f"{CUSTODY}/") == of_custody and (one, path) not in hit
        ]

    def _put(
        self, bad: Mapping[tuple[Place, str], bytes | None]
    ) -> Mapping[tuple[Place, str], bytes | None]:
        for (place, path), contents in bad.items():
            file = self.world.file(place, path)
            if contents is None:
                file.unlink()
            else:
                file.write_bytes(contents)
        return bad

    @property
    def _bad(self) -> dict[tuple[Place, str], bytes | None]:
        return {copy: contents for done in self.done for copy, contents in done.bad.items()}

    def _look(self) -> None:
        verified = self.world.verify(*Place)
        told = {(one.code, one.path) for one in verified.discoveries}
        for done in self.done:
            self.tally.done[done.place, done.kind] += 1
            named = [(self._code(copy, bad), copy[1]) in told for copy, bad in done.bad.items()]
            self.tally.found[done.place, done.kind] += any(named)
            self.tally.named[done.place, done.kind] += all(named)
        expected = {(self._code(copy, bad), copy[1]) for copy, bad in self._bad.items()}
        if any(path.startswith(CUSTODY) for place, path in self._bad if place is Place.ARCHIVE):
            told.discard(("custody_file", None))  # their chain is broken, which is told as well
        for false in told - expected:
            self.tally.complain(f"told of what is sound: {false}")

    def _code(self, copy: tuple[Place, str], bad: bytes | None) -> str:
        return f"{copy[0]}_{'missing' if bad is None else 'altered'}"

    def _repair(self) -> None:
        told = {(one.place, one.kept.path): one for one in self.world.repair()}
        for done in self.done:
            good = {copy: self._other(copy) not in self._bad for copy in done.bad}
            self.tally.repairable[done.place, done.kind] += all(good.values())
            right = [self._right(told.get(copy), copy, good[copy]) for copy in done.bad]
            self.tally.repaired[done.place, done.kind] += all(right) and all(good.values())
            if not all(right):
                self.tally.complain(f"{done.place}, {done.kind}: not dealt with as it should be")

    def _other(self, copy: tuple[Place, str]) -> tuple[Place, str]:
        return (Place.MIRROR if copy[0] is Place.ARCHIVE else Place.ARCHIVE), copy[1]

    def _right(self, mended: Mended | None, copy: tuple[Place, str], good: bool) -> bool:
        """Restored with the bad copy kept aside; without a good copy left exactly as it was."""
        if mended is None:
            return False
        file, bad = self.world.file(*copy), self._bad[copy]
        now = file.read_bytes() if file.exists() else None
        if not good:
            return mended.outcome is Outcome.NO_GOOD_COPY and now == bad
        aside = self.world.file(copy[0], mended.aside).read_bytes() if mended.aside else None
        return (
            mended.outcome is Outcome.REPAIRED
            and now == self.world.pristine[copy[0]][copy[1]]
            and aside == bad
        )

    def _restore(self) -> None:
        """What had no good copy comes back from a backup."""
        for place, path in self._bad:
            contents = self.world.pristine[place][path]
            file = self.world.file(place, path)
            if not file.exists() or file.read_bytes() != contents:
                file.write_bytes(contents)


def campaign(folder: Path, files: int, catalogue: int, seed: int, calls: int = CALLS) -> Tally:
    """So many faults, evenly spread over files and objects, and so many in the catalogue."""
    chance, tally = random.Random(seed), Tally()
    with S3Server(folder / "s3") as server:
        world = World(folder, server, calls)
        for some in _rounds(files, chance):
            Round(world, chance, tally).run(some)
        verified = world.verify(*Place)
        if verified.discoveries:
            tally.complain(f"left behind: {verified.discoveries}")
        world.write_down()
        damage_catalogue(world, catalogue, chance, tally)
    return tally


def _rounds(faults: int, chance: random.Random) -> Iterator[list[tuple[str, str]]]:
    every = [(PLACES[n % 3], KINDS[n // 3 % 4]) for n in range(faults)]
    chance.shuffle(every)
    few: list[tuple[str, str]] = []
    for one in every:
        # There are few custody files, and a swap takes two.
        of_custody = Counter(place for place, _ in few)["custody files"]
        if len(few) == _AT_ONCE or (one[0] == "custody files" and of_custody == 3):
            yield few
            few = []
        few.append(one)
    yield few


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.damage.campaign")
    parser.add_argument("--files", type=int, default=750, help="faults in files and objects")
    parser.add_argument("--catalogue", type=int, default=250, help="faults in the catalogue")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    os.environ.update(ENVIRONMENT)
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        tally = campaign(Path(folder), given.files, given.catalogue, given.seed)
    print(tally.table())
    return int(not tally.sound)


if __name__ == "__main__":
    sys.exit(main())

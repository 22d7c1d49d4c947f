"""The whole product as a state machine: an office whose days go on, whatever happens to it.

Each rule is something that happens: files come and go, passes run or are killed, the store has its
weather, people say what is so, disks forget. After every step the cheap promises hold, and when an
example ends all of them, in `tests.model.invariants` and `tests.model.ending`.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ingest.errors import WordError
from tests.dying import killed
from tests.ingest.people import Person
from tests.ingest.small_office import DAY, EVENING, ZONE, SmallOffice
from tests.model import ending, invariants, mending, pool, replay
from tests.model.open_office import harm, ingest, mirror, opened, or_end, take_in
from tests.model.sayings import changes_of, one_of, target_of, undone, whose
from tests.model.seen import Seen, look
from tests.model.store import WEATHER
from tests.model.truth import Drop, Truth

steps: Counter[str] = Counter()
"""How often each rule was run, and what came of it, by this process."""
_MOST_WRITES = 60
_A_DAY = timedelta(days=1)

_day = st.sampled_from(pool.DAYS)
_collector = st.sampled_from(pool.COLLECTORS)
_names = st.sampled_from(pool.NAMES)
_sounds = st.sampled_from(range(len(pool.SOUNDS)))
_any = st.integers(0, 99)
"""Which of those that there are."""
_rows = st.lists(st.sampled_from(range(len(pool.ROWS))), max_size=5, unique=True)


class Model(RuleBasedStateMachine):
    @initialize(
        order=st.integers(0, 2**16),
        calls=st.lists(st.tuples(_names, _sounds, _collector), max_size=4),
        rows=_rows,
        taken_in=st.booleans(),
    )
    def open(
        self, order: int, calls: list[tuple[str, int, str]], rows: list[int], taken_in: bool
    ) -> None:
        """A day begins with some calls and a sheet; `order` is that in which all comes again."""
        steps["examples"] += 1
        self.order = order
        self.desk, self.store = opened("office")
        self.truth = Truth()
        self.now = EVENING
        self.drops = 0
        self.seen: Seen = look(self.desk)
        self.checked: Seen | None = None
        for name, sound, collector in calls:
            self.a_recording_comes(name, sound, DAY, collector, fresh=False)
        if rows:
            self.a_sheet_comes(rows, DAY, pool.COLLECTORS[0])
        if taken_in:
            self.a_pass_and_its_mirroring()

    # The inbox

    @rule(
        name=_names,
        sound=_sounds,
        day=_day,
        collector=_collector,
        fresh=st.booleans(),
    )
    def a_recording_comes(
        self, name: str, sound: int, day: date, collector: str, fresh: bool
    ) -> None:
        source = pool.source(name, day, collector)
        self._did("a copy" if source in self.truth.inbox else "a recording comes")
        self._drop(source, pool.SOUNDS[sound], "recording", fresh=fresh and sound % 3 == 0)

    @rule(rows=_rows, day=_day, collector=_collector)
    def a_sheet_comes(self, rows: list[int], day: date, collector: str) -> None:
        source = pool.sheet_source(day, collector)
        self._did("a sheet is corrected" if source in self.truth.inbox else "a sheet comes")
        self._drop(source, pool.sheet_of(rows), "sheet")

    @precondition(lambda self: self._sheets())
    @rule(which=_any, day=_day, collector=_collector)
    def a_sheet_is_copied(self, which: int, day: date, collector: str) -> None:
        source = pool.sheet_source(day, collector)
        copied = one_of(self._sheets(), which)
        if copied.source != source:
            self._did("a sheet is copied")
            self._drop(source, copied.content, "sheet")

    @rule(what=st.sampled_from([*pool.BROKEN_SHEETS, *pool.JUNK]), day=_day, collector=_collector)
    def nonsense_comes(self, what: bytes | str, day: date, collector: str) -> None:
        if isinstance(what, str):
            self._did("junk comes")
            self._drop(f"{day}/{collector}/{what}", b"junk", "junk")
        else:
            self._did("a sheet cannot be read")
            self._drop(pool.sheet_source(day, collector), what, "sheet")

    # Passes

    @rule()
    def a_pass(self) -> None:
        self._did("a pass")
        take_in(self._later())(self.desk)
        self._passed()

    @rule()
    def a_pass_and_its_mirroring(self) -> None:
        self._did("a pass and its mirroring")
        ingest(self._later())(self.desk)
        self._passed()

    @rule(write=st.integers(1, _MOST_WRITES), mirroring=st.booleans())
    def a_pass_is_killed(self, write: int, mirroring: bool) -> None:
        run = ingest(self._later()) if mirroring else take_in(self._later())
        if self._killed(run, write):
            self._did("a pass is killed")
        else:
            self._did("a pass")
            self._passed()

    @precondition(lambda self: self.now < EVENING + 3 * _A_DAY)
    @rule()
    def a_day_goes_by(self) -> None:
        self._did("a day goes by")
        self.now += _A_DAY

    # The store

    @rule(
        weather=st.sampled_from(WEATHER),
        spared=st.integers(0, 4),
        everything=st.booleans(),
        minutes=st.sampled_from((0, 1, 10, 600)),
    )
    def the_mirror_drains(self, weather: str, spared: int, everything: bool, minutes: int) -> None:
        """The weather stays until it changes."""
        self._did(f"the store: {weather}")
        self.store.weather, self.store.spared = weather, spared
        mirror(self._later(minutes), everything)(self.desk)

    @rule(write=st.integers(1, 6), weather=st.sampled_from(("fine", "stores_and_fails")))
    def the_mirror_is_killed(self, write: int, weather: str) -> None:
        self.store.weather, self.store.spared = weather, 0
        killed = self._killed(mirror(self._later(), everything=True), write)
        self._did("the mirror is killed" if killed else f"the store: {weather}")

    # People

    @precondition(lambda self: self.seen.recordings)
    @rule(
        which=_any,
        whom=st.one_of(
            st.tuples(st.sampled_from(("row", "customer")), _any),
            st.tuples(st.just("stranger"), st.sampled_from(range(len(pool.STRANGERS)))),
        ),
        remember=st.booleans(),
        write=st.none() | st.integers(1, 20),
    )
    def a_recording_is_assigned(
        self, which: int, whom: tuple[str, int], remember: bool, write: int | None
    ) -> None:
        digest = one_of(sorted(self.seen.recordings), which)
        target = target_of(self.seen, *whom)
        new = whom[0] == "stranger"
        wanted = whose(self.seen, target) if target and not new else None
        if target is None or (wanted is None and not new):
            return
        self._say(
            "assign",
            lambda person: person.assign(digest, target, new=new, remember=remember),
            write,
        )
        said = self.seen.words.get(digest)
        if self.spoke and new:
            wanted = said  # a customer who is entered by it
            assert said is not None
            assert self.seen.customers[said]["name"] == target.split()[0], "another was assigned"
        if self.spoke:
            self.truth.said[digest] = wanted

    @precondition(lambda self: self.seen.recordings)
    @rule(which=_any, write=st.none() | st.integers(1, 20))
    def a_recording_is_unassigned(self, which: int, write: int | None) -> None:
        digest = one_of(sorted(self.seen.recordings), which)
        self._say("unassign", lambda person: person.unassign(digest), write)
        if self.spoke:
            self.truth.said[digest] = None

    @precondition(lambda self: self.seen.tables["act"])
    @rule(which=_any, only=st.booleans(), write=st.none() | st.integers(1, 20))
    def an_act_is_undone(self, which: int, only: bool, write: int | None) -> None:
        """The newest ones most often; a whole act, or what it did to one recording."""
        acts = [one["id"] for one in reversed(self.seen.tables["act"])]
        act = one_of(acts, min(which % 7, which))
        digest = None
        if only:
            digest = one_of(sorted(self.seen.recordings), which)
            changed = changes_of(self.seen, digest)
            if not changed:
                return
            act = changed[-1]["act_id"]
        wanted = undone(self.seen, self.truth.said, act, digest)
        self._say("undo", lambda person: person.undo(digest or act), write)
        if self.spoke:
            self.truth.said = wanted

    @precondition(lambda self: self.seen.tables["confirmed"])
    @rule(which=_any, write=st.none() | st.integers(1, 20))
    def something_is_forgotten(self, which: int, write: int | None) -> None:
        gone = one_of([one["id"] for one in self.seen.tables["confirmed"]], which)
        self._say("forget", lambda person: person.forget(gone), write)
        if self.spoke:
            assert gone not in {one["id"] for one in self.seen.tables["confirmed"]}

    # Disks forget

    @precondition(lambda self: self.truth.inbox)
    @rule(which=_any)
    def a_file_leaves_the_inbox(self, which: int) -> None:
        self._did("a file leaves the inbox")
        source = one_of(sorted(self.truth.inbox), which)
        (self.desk.inbox / source).unlink()
        del self.truth.inbox[source]

    @precondition(lambda self: self._unharmed())
    @rule(
        which=_any,
        how=st.sampled_from(("flip", "cut", "gone")),
        in_store=st.booleans(),
    )
    def a_disk_forgets(self, which: int, how: str, in_store: bool) -> None:
        """Bits flip, or are lost, in the archive or the store."""
        objects = sorted(self.seen.objects.keys() - self.truth.objects_harmed)
        if in_store and objects:
            self._did(f"harm to an object: {how}")
            key = one_of(objects, which)
            harm(self.store.folder / key, how)
            self.truth.objects_harmed[key] = self.seen.objects[key]["checksum"]
        else:
            self._did(f"harm to a recording: {how}")
            digest = one_of(self._unharmed(), which)
            path = self.desk.archive / self.seen.recordings[digest]["path"]
            self.truth.harmed[digest] = harm(path, how)

    @precondition(lambda self: self.seen.recordings)
    @rule(repair=st.booleans(), write=st.none() | st.integers(1, 20))
    def copies_are_verified(self, repair: bool, write: int | None) -> None:
        """And repaired or not, killed or not; the store is well meanwhile."""
        weather, self.store.weather = self.store.weather, "fine"
        now = self._later()
        mending.check_verified(self.desk, self.store.objects(), now)
        self._did("copies are verified")
        if repair and write is not None:
            if self._killed(lambda desk: mending.repair(desk, now), write):
                self._did("a repair is killed")
        elif repair:
            self._mend()
        self.truth.mended(look(self.desk), self.store.objects())
        self.store.weather = weather

    # What holds

    @invariant()
    def the_promises_hold(self) -> None:
        self.seen = look(self.desk)
        self.truth.note(self.seen)
        invariants.check(self.seen, self.checked, self.truth, self.store.objects())
        self.checked = self.seen

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        self.now += _A_DAY
        self.store.weather = "fine"
        if self._is_harmed():
            self._verify_and_mend()
        ending.bring_to_rest(self.desk, self.now)
        self._passed()
        self.the_promises_hold()
        if self._is_harmed():  # by now every file of the inbox is known
            self._verify_and_mend()
            ending.bring_to_rest(self.desk, self.now)
            self.the_promises_hold()
            mending.check_nothing_left(self.truth, self._copies())
        reports = ending.check_rest(self.desk, self.truth, self.store.objects(), self.now)
        ending.check_stillness(self.desk, self.now)
        mending.check_verified(self.desk, self.store.objects(), self.now)
        other, _ = opened("other")
        replay.replay(other, self.truth, self.seen, self.now, random.Random(self.order))
        again = [other.report(day, self.now) for day in pool.DAYS]
        but = (set(self.truth.harmed), replay.copied(self.truth))
        same = replay.outcome(self.seen, reports, *but) == replay.outcome(look(other), again, *but)
        assert same, "the same input in another order was decided otherwise"

    # How things happen

    def _copies(self) -> mending.Copies:
        return mending.Copies(look(self.desk), self.store.objects())

    def _is_harmed(self) -> bool:
        """Or told to be: of a repair that was killed the copy is right before the catalogue."""
        return self.truth.is_harmed or bool(self.seen.tables["fault"])

    def _verify_and_mend(self) -> None:
        self.store.spared = 0
        mending.check_verified(self.desk, self.store.objects(), self.now)
        self._mend()

    def _mend(self) -> None:
        before = self._copies()
        told = mending.repair(self.desk, self.now)
        after = self._copies()
        mending.check_repaired(self.desk, self.truth, before, after, told)
        self.truth.mended(after.seen, after.objects)
        for one in told:
            self._did(f"{one.place} {one.outcome}")

    def _did(self, what: str) -> None:
        steps[what] += 1

    def _drop(self, source: str, content: bytes, kind: str, *, fresh: bool = False) -> None:
        """Puts a file there, written a while ago or only just now; never twice at one time."""
        self.drops += 1
        at = self.now if fresh else datetime.combine(DAY, EVENING.time(), ZONE) - _A_DAY
        mtime_ns = int(at.timestamp()) * 10**9 + self.drops
        path = self.desk.inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(mtime_ns, mtime_ns))
        self.truth.put(Drop(source, mtime_ns, content, kind))

    def _later(self, minutes: int = 1) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    def _killed(self, run: Callable[[SmallOffice], object], write: int) -> bool:
        return killed(lambda _: or_end(run, self.desk), write)

    def _passed(self) -> None:
        settled = self.now - timedelta(seconds=self.desk.settings.inbox.settle_seconds)
        self.truth.passed(int(settled.timestamp() * 10**9))

    def _say(self, what: str, say: Callable[[Person], object], write: int | None) -> None:
        """Has a person say it, killed at a write or not; `spoke` is whether the word was said."""
        now = self._later()
        acts = len(self.seen.tables["act"])
        self.refused = False

        def speak(desk: SmallOffice) -> None:
            try:
                say(Person(desk, at=now))
            except WordError as error:
                note(f"refused: {error.message.key}")
                self.refused = True

        died = False
        if write is None:
            speak(self.desk)
        else:
            died = self._killed(speak, write)
        self.seen = look(self.desk)
        new = self.seen.tables["act"][acts:]
        self.spoke = bool(new) and new[0]["kind"] == what
        ended = "is killed" if died else "stands" if self.spoke else "is refused or not needed"
        self._did(f"{what} {ended}")

    def _sheets(self) -> Sequence[Drop]:
        return [one for _, one in sorted(self.truth.inbox.items()) if one.kind == "sheet"]

    def _unharmed(self) -> list[str]:
        """What lies at its place and is whole."""
        return [
            digest
            for digest, one in sorted(self.seen.recordings.items())
            if digest not in self.truth.harmed and one["path"] in self.seen.files
        ]

"""Objects that a rule of the bucket has moved into an archive class: their bytes are not given."""

from __future__ import annotations

from archive.catalogue import further_faults
from archive.catalogue.further import Further
from archive.fixity import UNBEGUN, WHOLE, Level, chained
from archive.further_copies import FurtherCopies
from archive.objects import FROZEN
from archive.repair import Outcome
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, SmallArchive
from tests.archive.test_further import A, B, Second, filed
from tests.archive.two_copies import CONTENTS, MIRROR, SIZE, TwoCopies


def test_what_comes_after_a_frozen_object_is_verified_and_it_is_not_said_to_have_been_read(
    two: TwoCopies, objects: MemoryStore
) -> None:
    one, other, last = (two.keep(number) for number in range(3))
    two.batch = 1
    objects.frozen = {one.path}
    objects.objects[last.path] += b"x"
    looked = two.verifying(MIRROR).run(CONTENTS, WHOLE)
    assert (looked.verification.seen, looked.verification.faults, looked.frozen) == (2, 1, 1)
    assert looked.verification.digest == chained(chained(UNBEGUN, other.sha256), last.sha256)
    assert two.faults() == {(last.id, "mirror"): "altered"}


def test_a_frozen_object_of_another_size_or_checksum_is_a_fault(
    two: TwoCopies, objects: MemoryStore
) -> None:
    one, other = two.keep(1), two.keep(2)
    objects.frozen = {one.path, other.path}
    objects.objects[one.path] = objects.objects[one.path][::-1]
    assert two.verifying(MIRROR).run(CONTENTS, WHOLE).frozen == 2
    assert two.faults() == {(one.id, "mirror"): "altered"}


def test_a_fault_ends_only_once_the_object_was_thawed_and_read(
    two: TwoCopies, objects: MemoryStore
) -> None:
    one = two.keep(1)
    whole = objects.objects[one.path]
    objects.objects[one.path] = whole + b"x"
    two.verify(MIRROR, SIZE)
    objects.objects[one.path] = whole
    objects.frozen = {one.path}
    looked = two.verifying(MIRROR).run(SIZE, WHOLE)
    assert (looked.verification.seen, looked.frozen) == (1, 0)
    assert two.faults() == {(one.id, "mirror"): "altered"}
    objects.frozen = set()
    two.verify(MIRROR, SIZE)
    assert two.faults() == {}


def test_a_frozen_sheet_is_looked_at_by_its_size(two: TwoCopies, objects: MemoryStore) -> None:
    path = two.keep_sheet(b"a sheet")
    objects.frozen = {path}
    looked = two.verifying(MIRROR).run(CONTENTS, WHOLE)
    assert (looked.papers, looked.frozen) == ([], 1)
    objects.objects[path] = b"another one"
    assert two.papers(MIRROR) == {path: "altered"}


def test_a_further_mirror_is_looked_through_and_mended_beyond_a_frozen_object(
    archive: SmallArchive,
) -> None:
    second = Second(archive, MemoryStore())
    filed(archive, A)
    filed(archive, B, b"another call")
    second.drain()
    whole = second.store.objects[A]
    second.store.objects |= {A: b"x", B: b"x"}
    copies = FurtherCopies(archive.catalogue, second.further, second.store, 2, lambda: AT)
    assert all(seen.flaw for _, seen in copies.verify(Level.SIZE, WHOLE, archive.store))
    second.store.objects[A] = whole
    second.store.frozen = {A}
    (_, seen), _ = copies.verify(Level.CONTENTS, WHOLE, archive.store)
    assert (seen.flaw, seen.given) == (None, False)
    assert len(faulty(archive, second.further)) == 2
    first, last = copies.repair(None, archive.store, None, dry_run=False)
    assert first.outcome is Outcome.FAILED
    assert first.error is not None
    assert first.error.key == FROZEN
    assert last.outcome is Outcome.REPAIRED
    assert second.store.objects[B] == b"another call"
    assert faulty(archive, second.further) == [A]


def faulty(archive: SmallArchive, further: Further) -> list[str]:
    with archive.catalogue.reading() as tx:
        return [one.kept.path for one in further_faults.standing(tx, further.name, None)]

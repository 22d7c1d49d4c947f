"""What holds after every step, whatever was killed: the promises, by plain comparisons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from tests.model.pool import told
from tests.model.seen import Line, Seen
from tests.model.truth import Truth


def check(seen: Seen, before: Seen | None, truth: Truth, objects: Mapping[str, bytes]) -> None:
    """AssertionError with what is wrong; `objects` is what lies in the store."""
    _nothing_partial(seen, truth)
    _all_admitted_are_there(seen, truth)
    _objects_are_there(seen, truth, objects)
    _one_good_object_stays(seen, truth, objects)
    _custody_tells_it_all(seen, before)
    _words_stand(seen, truth)
    _nobody_wrong(seen, truth)


def _nothing_partial(seen: Seen, truth: Truth) -> None:
    """P1: under a final name lies what was handed over, whole and once."""
    known = {one.digest for one in truth.dropped if one.kind == "recording"}
    harmed = {sha256(left).hexdigest() for left in truth.harmed.values() if left is not None}
    harmed |= truth.strays
    here = Counter(seen.paths.values())
    assert here.keys() <= known | harmed, "what nobody handed over lies in the archive"
    twice = {digest for digest, count in here.items() if count > 1} - harmed
    assert not twice, "bytes lie in the archive twice"


def _all_admitted_are_there(seen: Seen, truth: Truth) -> None:
    """P1, P2: what the catalogue knows lies at its path, or where a move just took it."""
    assert truth.must <= seen.recordings.keys(), "what was in the inbox at a pass is not admitted"
    paths = seen.paths
    for digest, one in seen.recordings.items():
        lies = [paths[path] for path in (one["path"], one["target"]) if path in paths]
        lies = [found for found in lies if found not in truth.strays]
        if digest in truth.harmed:
            left = truth.harmed[digest]
            wanted = [] if left is None else [sha256(left).hexdigest()]
            # A move that was cut short does not know its file again: it lies where it was aimed.
            astray = not lies and set(wanted) <= set(paths.values())
            assert lies == wanted or astray, "what was harmed is not as it was left"
        else:
            assert lies == [digest], "an admitted recording is gone, or another lies in its place"


def _objects_are_there(seen: Seen, truth: Truth, objects: Mapping[str, bytes]) -> None:
    """P2: what the catalogue says is mirrored is in the store with that checksum."""
    of = seen.by_id
    for key, checksum in seen.papers.items():
        assert key in objects, "a sheet or a custody file is not in the store"
        assert sha256(objects[key]).hexdigest() == checksum, "a sheet or a custody file differs"
    for key, line in seen.objects.items():
        assert line["checksum"] == of[line["recording_id"]]["sha256"], "another's checksum"
        if key not in truth.objects_harmed:
            there = objects.get(key)
            assert there is not None, "an object that is confirmed is not there"
            assert sha256(there).hexdigest() == line["checksum"], "a confirmed object differs"


def _one_good_object_stays(seen: Seen, truth: Truth, objects: Mapping[str, bytes]) -> None:
    """What was once confirmed has an object from then on, wherever the recording moves."""
    truth.safe |= {
        one["checksum"] for key, one in seen.objects.items() if key not in truth.objects_harmed
    }
    there = {sha256(content).hexdigest() for content in objects.values()}
    of = seen.by_id
    kept = {of[one["recording_id"]]["sha256"] for one in seen.objects.values()}
    harmed = set(truth.objects_harmed.values())
    assert truth.safe - harmed <= kept, "a recording that was mirrored is so no more"
    assert truth.safe - harmed <= there, "the last good object of a recording was removed"


def _custody_tells_it_all(seen: Seen, before: Seen | None) -> None:
    """P4: the chain holds, only grows, and tells what the catalogue says, event by event."""
    log = seen.tables["custody"]
    if before is not None:
        old = before.tables["custody"]
        assert list(log[: len(old)]) == list(old), "custody was rewritten"
    _chain_holds(log)
    entries = seen.custody
    admitted = [one["sha256"] for one in entries if one["event"] == "admitted"]
    assert sorted(admitted) == sorted(seen.recordings), "custody and admissions differ"
    last: dict[str, Line] = {}
    keys: dict[str, str] = {}
    for one in entries:
        if one["event"] in ("admitted", "filed", "held"):
            last[one["sha256"]] = one
        elif one.get("key", "").startswith(".callvault/"):
            continue  # a sheet's
        elif one["event"] == "mirrored":
            keys[one["key"]] = one["sha256"]
        elif one["event"] == "removed":
            keys.pop(one["key"], None)
    confirmed = {key: one["checksum"] for key, one in seen.objects.items()}
    assert confirmed.items() <= keys.items(), "custody and objects differ"
    # What is being removed is no longer called confirmed, and not yet told to be removed.
    owed = {one["key"] for one in seen.tables["outbox"]}
    assert keys.keys() - confirmed.keys() <= owed, "an object was forgotten"
    for digest, line in seen.recordings.items():
        told_of = last[digest]
        assert told_of["path"] == line["path"], "custody says it lies elsewhere"
        assert told_of["original_name"] == line["source"], "custody names another file"
        assert line["filed"] == (told_of["event"] == "filed"), "custody says otherwise of filing"


def _chain_holds(log: Sequence[Line]) -> None:
    previous = "0" * 64
    for number, one in enumerate(log, 1):
        assert one["seq"] == number == json.loads(one["entry"])["seq"], "custody misses an entry"
        assert one["previous"] == previous, "the chain is broken"
        previous = sha256(f"{previous}\n{one['entry']}".encode()).hexdigest()
        assert one["hash"] == previous, "an entry was altered"


def _words_stand(seen: Seen, truth: Truth) -> None:
    """What people said is written down as they said it, and decides once its day is decided."""
    assert dict(seen.words) == truth.said, "a person's word is another one"
    open_days = {one["day"] for one in seen.tables["open_day"]}
    for digest, customer in truth.said.items():
        one = seen.recordings[digest]
        if not {one["day"], one["call_day"]} & open_days:
            assert one["customer_id"] == customer, "the machine overruled a person"


def _nobody_wrong(seen: Seen, truth: Truth) -> None:
    """P5: the machine gives a recording to nobody whom no name or number of it tells."""
    for digest, one in seen.recordings.items():
        customer = one["customer_id"]
        if customer is None or digest in truth.said:
            continue
        names, numbers = set[str](), set[str]()
        for source in truth.names[digest]:
            names |= told(source)[0]
            numbers |= told(source)[1]
        who = seen.customers[customer]
        confirmed = {
            line["value"] for line in seen.tables["confirmed"] if line["customer_id"] == customer
        }
        tells = (
            who["name"] in names
            or any(
                _alike(said, theirs)
                for said in numbers
                for theirs in seen.numbers.get(customer, frozenset())
            )
            or not confirmed.isdisjoint(names | numbers)
        )
        open_days = {line["day"] for line in seen.tables["open_day"]}
        settled = not {one["day"], one["call_day"]} & open_days
        assert tells or not settled, "a recording is filed under a customer whom it does not name"


def _alike(said: str, theirs: str) -> bool:
    """Equal, or one digit is a slip."""
    pairs = zip(said, theirs, strict=False)
    return len(said) == len(theirs) and sum(one != other for one, other in pairs) <= 1

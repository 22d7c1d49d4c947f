"""Custody files are time-stamped by a real authority; what does not count leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from archive import keeping, timestamp
from archive.authority import Authority
from archive.catalogue import outbox, outbox_enlisting, papers
from archive.catalogue.papers import KnownStamp
from archive.errors import StampError
from archive.layout import CUSTODY, stamp_path
from archive.stamping import Stamped, Stamping
from archive.timestamp import Token
from config.language import LANGUAGES, Words
from tests.archive.small_archive import SmallArchive
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority

pytestmark = pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)

HOUR = timedelta(hours=1)
MEMORY = Path("/dev/shm")  # noqa: S108  small syncs are quick there; any folder would do
PATIENT, QUICK = 20.0, 0.3
"""Seconds after which a test's client gives up."""


def computer() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampAuthority]:
    with StampAuthority(tmp_path_factory.mktemp("stamps") / "authority") as authority:
        yield authority


@pytest.fixture
def authority(running: StampAuthority, monkeypatch: pytest.MonkeyPatch) -> StampAuthority:
    monkeypatch.setenv("NO_PROXY", "*")
    running.reply, running.asked = running.answer, 0
    return running


@dataclass(frozen=True, slots=True)
class Office:
    archive: SmallArchive
    authority: StampAuthority
    now: datetime

    def asking(
        self,
        *,
        url: str | None = None,
        ca: Path | None = None,
        clock: Callable[[], datetime] = computer,
        every: timedelta = HOUR,
        seconds: float = PATIENT,
    ) -> Stamping:
        ask = Authority(url or self.authority.url, ca, clock, seconds).stamp
        return Stamping(self.archive.catalogue, self.archive.store, ask, every)

    def keep(self, number: int) -> Path:
        """Something happens, and stands in custody file `number`."""
        self.archive.admit(bytes([number]), f"{number}.mp3")
        assert keeping.keep(self.archive.catalogue, self.archive.store, self.now) == 1
        return self.archive.store.path(f"{CUSTODY}/{self.now:%Y-%m-%d}/{number:08d}.jsonl")

    def tokens(self) -> list[str]:
        found = (self.archive.store.root / CUSTODY).rglob("*.tsr")
        return sorted(path.stem for path in found)

    def staged(self) -> list[Path]:
        return list((self.archive.store.root / ".callvault/staging").iterdir())

    def last(self) -> KnownStamp:
        with self.archive.catalogue.reading() as tx:
            return papers.last_stamp(tx)


@pytest.fixture
def desk(archive: SmallArchive, authority: StampAuthority) -> Office:
    return Office(archive, authority, computer())


def beside(file: Path) -> Path:
    return Path(stamp_path(str(file)))


def fails(stamped: Stamped) -> str:
    """The code of what is told, in every language."""
    assert stamped.new == 0
    assert stamped.problem is not None
    for language in LANGUAGES:
        assert Words(language).say(stamped.problem)
    return stamped.problem.key.removeprefix("stamp.")


# What is stamped, and when


def test_a_file_is_stamped_as_openssl_verifies(desk: Office) -> None:
    file = desk.keep(1)
    assert desk.asking(ca=desk.authority.root).stamp(desk.now) == Stamped(1, None)
    assert desk.authority.verifies(file, beside(file))
    number, at = desk.last().number, desk.last().at
    assert number == 1
    assert at is not None
    assert abs(at - computer()) < timedelta(minutes=1)


def test_the_token_proves_nothing_of_an_altered_file(desk: Office) -> None:
    file = desk.keep(1)
    desk.asking().stamp(desk.now)
    file.write_bytes(file.read_bytes().replace(b"1.mp3", b"2.mp3"))
    assert not desk.authority.verifies(file, beside(file))


def test_where_nothing_is_new_nobody_is_asked(desk: Office) -> None:
    stamping = desk.asking(every=timedelta(0))
    assert stamping.stamp(desk.now) == Stamped(0, None)
    desk.keep(1)
    stamping.stamp(desk.now)
    assert stamping.stamp(desk.now + 9 * HOUR) == Stamped(0, None)
    assert desk.authority.asked == 1


def test_within_the_hour_the_next_one_waits_and_then_the_newest_stands_for_all(
    desk: Office,
) -> None:
    stamping = desk.asking()
    for number in (1, 2, 3):
        desk.keep(number)
        stamping.stamp(desk.now + timedelta(minutes=10 * number))
    assert desk.tokens() == ["00000001"]
    assert stamping.stamp(desk.now + HOUR + timedelta(minutes=1)).new == 1
    assert desk.tokens() == ["00000001", "00000003"]
    assert desk.authority.asked == 2


def test_a_clock_that_was_set_back_puts_nothing_off_for_long(desk: Office) -> None:
    desk.keep(1)
    stamping = desk.asking()
    stamping.stamp(desk.now)
    desk.keep(2)
    assert stamping.stamp(desk.now - 400 * 24 * HOUR).new == 1


def test_the_mirror_owes_the_token(desk: Office) -> None:
    file = desk.keep(1)
    desk.asking().stamp(desk.now)
    with desk.archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, desk.now)
        (errand,) = [one for one in outbox.due(tx, None, 100) if one.key.endswith(".tsr")]
    assert desk.archive.store.path(errand.key) == beside(file)
    assert errand.sha256 == hashlib.sha256(beside(file).read_bytes()).hexdigest()


# What does not count


Answer = tuple[int, Iterable[bytes]]


def silence(authority: StampAuthority) -> Answer:
    authority.over.wait(20)
    return 0, []


def trickle(authority: StampAuthority) -> Iterator[bytes]:
    while not authority.over.wait(0.02):
        yield b"x"


WRONG: dict[str, tuple[str, Callable[[StampAuthority, bytes], Answer]]] = {
    "for other bytes": ("other_bytes", lambda a, _: a.answer(a.query(b"other bytes"))),
    "refused": ("refused", lambda a, _: a.answer(a.query(b"x", "sha512"))),
    "a page": ("no_answer", lambda _, __: (200, [b"<html>Sign in to the network</html>"])),
    "nothing": ("no_answer", lambda _, __: (200, [])),
    "half of it": ("no_answer", lambda a, query: (200, [a.token(query)[:-40]])),
    "more than it": ("no_answer", lambda a, query: (200, [a.token(query), b"x"])),
    "granted, and no token": ("no_answer", lambda _, __: (200, [bytes.fromhex("30053003020100")])),
    "not found": ("http_refused", lambda _, __: (404, [])),
    "broken": ("http_refused", lambda _, __: (500, [b"oops"])),
    "a huge one": ("large", lambda _, __: (200, [bytes(1 << 20)])),
    "a dead line": ("unreachable", lambda _, __: (0, [])),
    "silence": ("unreachable", lambda a, _: silence(a)),
    "a trickle": ("unreachable", lambda a, _: (200, trickle(a))),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_count_is_told_and_leaves_nothing(desk: Office, wrong: str) -> None:
    told, reply = WRONG[wrong]
    seconds = QUICK if wrong in ("silence", "a trickle") else PATIENT
    desk.keep(1)
    desk.authority.reply = lambda query: reply(desk.authority, query)
    assert fails(desk.asking(seconds=seconds).stamp(desk.now)) == told
    assert (desk.tokens(), desk.staged(), desk.last()) == ([], [], KnownStamp(0, None))
    desk.authority.reply = desk.authority.answer
    assert desk.asking().stamp(desk.now) == Stamped(1, None)


def test_an_old_answer_for_the_same_file_is_not_taken(desk: Office) -> None:
    """Somebody replays it, so as to have a file look older than it is."""
    contents = desk.keep(1).read_bytes()
    desk.authority.reply = lambda _: desk.authority.answer(desk.authority.query(contents))
    assert fails(desk.asking().stamp(desk.now)) == "other_nonce"
    assert desk.tokens() == []


def test_an_answer_of_another_time_is_not_taken(desk: Office) -> None:
    desk.keep(1)
    for hours in (-1, 1):
        ahead = timedelta(hours=hours)
        stamping = desk.asking(clock=lambda ahead=ahead: computer() + ahead)  # type: ignore[misc]
        assert fails(stamping.stamp(desk.now)) == "clock"
    assert desk.tokens() == []


def test_where_nobody_listens_it_is_told(desk: Office) -> None:
    desk.keep(1)
    for url in ("http://127.0.0.1:1/tsr", "http://no-such-host.invalid", "http://127.0.0.1:x/"):
        assert fails(desk.asking(url=url).stamp(desk.now)) == "unreachable"


def test_a_key_in_the_address_is_not_told(desk: Office) -> None:
    desk.keep(1)
    problem = desk.asking(url="http://127.0.0.1:1/tsr?key=hidden").stamp(desk.now).problem
    assert problem is not None
    assert "hidden" not in Words("en").say(problem)


def test_a_signature_of_somebody_else_is_not_taken(desk: Office, tmp_path: Path) -> None:
    desk.keep(1)
    stranger = StampAuthority(tmp_path / "stranger")
    assert fails(desk.asking(ca=stranger.root).stamp(desk.now)) == "not_trusted"
    desk.authority.reply = stranger.answer
    assert fails(desk.asking(ca=desk.authority.root).stamp(desk.now)) == "not_trusted"
    assert desk.tokens() == []


def test_a_signature_that_does_not_hold_is_not_taken(desk: Office) -> None:
    desk.keep(1)

    def forged(query: bytes) -> Answer:
        token = bytearray(desk.authority.token(query))
        token[-1] ^= 1
        return 200, [bytes(token)]

    desk.authority.reply = forged
    assert fails(desk.asking(ca=desk.authority.root).stamp(desk.now)) == "not_trusted"


@pytest.mark.parametrize("contents", [None, b"", b"no certificate"])
def test_certificates_that_cannot_be_read_are_told(
    desk: Office, tmp_path: Path, contents: bytes | None
) -> None:
    desk.keep(1)
    if contents is not None:
        (tmp_path / "ca.pem").write_bytes(contents)
    assert fails(desk.asking(ca=tmp_path / "ca.pem").stamp(desk.now)) == "ca_unusable"
    assert desk.authority.asked == 0


def test_an_altered_file_is_not_stamped(desk: Office) -> None:
    file = desk.keep(1)
    file.write_bytes(file.read_bytes() + b"\n")
    assert fails(desk.asking().stamp(desk.now)) == "file_altered"
    file.unlink()
    assert fails(desk.asking().stamp(desk.now)) == "custody.unreadable"
    assert desk.authority.asked == 0


def test_what_lies_in_a_tokens_place_is_left_alone_and_nobody_is_asked(desk: Office) -> None:
    file = desk.keep(1)
    beside(file).write_bytes(b"somebody's notes")
    stamping = desk.asking()
    assert fails(stamping.stamp(desk.now)) == "in_the_way"
    assert beside(file).read_bytes() == b"somebody's notes"
    assert desk.authority.asked == 0
    desk.keep(2)
    assert stamping.stamp(desk.now + HOUR) == Stamped(1, None)


def test_it_is_tried_again_ever_more_seldom_and_the_problem_stays(desk: Office) -> None:
    desk.keep(1)
    desk.authority.reply = lambda _: (503, [])
    stamping = desk.asking()
    tried = []
    for minute in range(0, 200, 5):
        before = desk.authority.asked
        assert fails(stamping.stamp(desk.now + timedelta(minutes=minute))) == "http_refused"
        tried += [minute] * (desk.authority.asked - before)
    assert tried == [0, 5, 15, 35, 75, 135, 195]
    desk.authority.reply = desk.authority.answer
    assert stamping.stamp(desk.now + timedelta(minutes=260)) == Stamped(1, None)


# A kill


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_a_kill_at_any_write_loses_no_token_and_asks_for_none_twice() -> None:
    root = Path(__file__).parents[2]
    with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        driver = [sys.executable, "-m", "tests.archive.stamp_killing", folder]
        done = subprocess.run(driver, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        int(done.stdout) >= 9
    )  # writes, each of which was the last one once; one syncs the folder


# Reading answers


def test_certificates_count_in_any_order(desk: Office) -> None:
    """OpenSSL's own order is not that of DER, which other authorities keep to."""
    contents = b"some bytes"
    sha256 = hashlib.sha256(contents).hexdigest()
    der = desk.authority.token(desk.authority.query(contents))
    ordered = timestamp._in_order(der)
    assert ordered != der
    trusted = timestamp.certificates(desk.authority.root)
    for one in (der, ordered):
        assert timestamp.read(one, sha256, trusted=trusted) == Token(
            one, timestamp.read(der, sha256).at
        )


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_damaged_answers_are_refused_in_order(desk: Office) -> None:
    """Whatever a line does to an answer: it is read right, or StampError says that it is not."""
    contents = b"some bytes"
    sha256 = hashlib.sha256(contents).hexdigest()
    der = desk.authority.token(desk.authority.query(contents))
    trusted = timestamp.certificates(desk.authority.root)
    at = timestamp.read(der, sha256).at
    refused = 0
    for place in range(0, len(der), 3):
        damaged = bytearray(der)
        damaged[place] ^= 1 << place % 8
        try:
            assert timestamp.read(bytes(damaged), sha256, trusted=trusted).at == at
        except StampError:
            refused += 1
    assert refused > len(der) // 6

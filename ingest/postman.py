"""Sends reports and alarms to the office's channels, in a thread: the daemon never waits.

What is owed stands in a file beside the reports (`ingest.owed_file`) before it is sent, and is
tried until every channel has it: each gets it once, twice only where a kill or a server that hung
left open whether it had. A new report is found by looking into the report folder. While that is
away, reports wait, and alarms are sent from memory.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Lock, Thread

from archive.presence import identity_of
from config.language import Message, Words
from config.settings import Settings
from ingest import channels, owed_file
from ingest.channels import Channel, ChannelsError
from ingest.owed import ALARMS, Letter, Owed
from ingest.sender import Parcel, Sender

MOST_BYTES = 1800
"""Of alarms in one message; the earlier ones are counted. WeCom takes 2048 with the title."""
_LOOK_SECONDS = 60.0
"""Between two looks into the report folder."""
PARTING_SECONDS = 5.0
"""That a message which is on its way is given when the daemon ends."""
_REPORT = re.compile(r"(\d{4}-\d\d-\d\d)\.json")

Shorten = Callable[[Path], tuple[str, Sequence[str]]]
"""A title and a few lines that say what a report's JSON file says; ValueError for another file."""

log = logging.getLogger(__name__)


@contextmanager
def at_work(
    settings: Settings,
    now: Callable[[], datetime],
    tell: Callable[[Message], None],
    shorten: Shorten,
) -> Iterator[Postman]:
    """The postman, at work from when he is first called in the block; without channels, idle.

    A second daemon, which is refused the archive, so sends nothing that the first one is sending.
    """
    postman = Postman(settings, now, tell, shorten, Sender())
    try:
        yield postman
    finally:
        postman.close()


class Postman:
    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        tell: Callable[[Message], None],
        shorten: Shorten,
        sender: Sender,
    ) -> None:
        """`now` is aware. At the very first the reports that lie in their folder are no news."""
        self._wanted, self._file = settings.notify, settings.notify.urls_file
        self._folder, self._zone = settings.report.folder, settings.office.timezone
        self._title = Words(settings.office.language)("notify.alarms", office=settings.office.name)
        self._words = Words(settings.office.language)
        self._now, self._tell, self._shorten, self._sender = now, tell, shorten, sender
        self._lock = Lock()
        self._wake, self._stop = Event(), Event()
        self._thread: Thread | None = None
        self._problems: dict[str, Message] = {}
        """What stands in the way of each channel and file: told when it is new."""
        self._owed = Owed()
        self._place: tuple[int, int] | None = None
        """The folder that was looked into last; `None`: it has not been there yet."""
        self._read = False
        """What is owed was read from the folder: what is known here goes before it from now on."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._folder.mkdir(exist_ok=True)
            self._take_up(news=0)

    def alarm(self, sentence: str) -> None:
        """Owes it to every channel; `look` has it sent."""
        if self._file is None or not self._wanted.alarms:
            return
        at = self._now().astimezone(self._zone)
        line = f"{at:%Y-%m-%d %H:%M} {sentence}"
        self._change(lambda owed: owed.with_alarm(self._title.strip(), line, at))

    def announce(self, sentence: str) -> None:
        """Has an alarm sent, and does not wait for it."""
        self.alarm(sentence)
        self.look()

    def look(self) -> None:
        """There may be something to send: sees to it, and to all that comes, in a thread."""
        if self._file is None:
            return
        self._wake.set()
        if self._thread is None:
            self._thread = Thread(target=self.run, name="postman")
            self._thread.start()

    def round(self) -> None:
        """One look for new reports, and one try of all that is due."""
        if self._file is None:
            return
        self._take_up(news=1)
        there = self._reports()
        self._change(lambda owed: owed.without(self._to_come_again(owed, there)))
        for day, path in there.items():
            if day not in self._owed.reports:
                self._owe(day, path)
        try:
            known = {one.name: one for one in channels.read(self._file)}
        except ChannelsError as error:
            self._say("channels", error.message)
            return
        self._say("channels", None)
        for name, letters in list(self._owed.due(list(known), self._now())):
            if not self._stop.is_set():
                self._send(known[name], letters)
        self._settle(list(known))

    def run(self) -> None:
        """Until `close`."""
        while not self._stop.is_set():
            try:
                self.round()
            except Exception:
                log.exception("an error that callvault did not foresee; it is tried again")
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()

    def close(self) -> None:
        """Ends the thread; what was on its way is owed still."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(PARTING_SECONDS)
            self._sender.close()
            self._thread.join()

    def _take_up(self, news: int) -> None:
        """Reads what is owed, once the folder is there, or is another one than before: that of a
        disk which was away. Where it says nothing, all reports but the last `news` are no news.
        """
        here = identity_of(self._folder)
        if self._read or here is None or here == self._place:
            return
        self._place = here
        try:
            owed = owed_file.read(self._folder)
        except OSError as error:
            self._cannot_keep(error)
            owed = None
        self._read = owed is not None
        if owed is None:
            days = sorted(self._reports())
            owed = Owed(frozenset(days[: len(days) - news]))
        with self._lock:
            self._owed = owed.joined(self._owed)
            self._keep(self._owed)

    def _reports(self) -> dict[str, Path]:
        """By their days. Of the forms of a report JSON is written last, so the others are there."""
        found = {}
        with contextlib.suppress(OSError):
            for path in sorted(self._folder.iterdir()):
                if name := _REPORT.fullmatch(path.name):
                    found[name[1]] = path
        return found

    def _to_come_again(self, owed: Owed, there: Collection[str]) -> frozenset[str]:
        """Days not over whose report is gone: made while the clock was ahead, it was put aside, and
        the next one is news. While the folder's disk is away nothing is known of them.
        """
        if not (self._folder / owed_file.NAME).is_file():
            return frozenset()
        today = str(self._now().astimezone(self._zone).date())
        return frozenset(day for day in owed.reports if day >= today and day not in there)

    def _owe(self, day: str, path: Path) -> None:
        if not self._wanted.report:
            self._change(lambda owed: owed.knowing(day))
            return
        try:
            title, lines = self._shorten(path)
        except Exception as error:
            if not isinstance(error, (OSError, ValueError)):
                log.exception("an error that callvault did not foresee; the report is passed over")
            self._tell(Message.of("notify.report_unreadable", path=path))
            self._change(lambda owed: owed.knowing(day))
            return
        form = self._wanted.attach
        attachment = "" if form == "none" else f"{day}.{form}"
        letter = Letter(day, self._now(), title, tuple(lines), attachment)
        self._change(lambda owed: owed.with_report(letter))

    def _send(self, channel: Channel, letters: Sequence[Letter]) -> None:
        key = letters[0].key
        answer = self._sender.send(channel, self._parcel(letters))
        if answer.good:
            self._change(lambda owed: owed.taken(channel.name, letters))
        elif self._stop.is_set():
            return  # it was cut short, by nobody's fault
        else:
            self._change(lambda owed: owed.put_off(channel.name, key, self._now()))
        log.info("message %s by %s: %s %s", key, channel.name, answer.outcome, answer.code)
        self._say(channel.name, None if answer.good else answer.message)

    def _parcel(self, letters: Sequence[Letter]) -> Parcel:
        lines = [line for letter in letters for line in letter.lines]
        if letters[0].key == ALARMS:
            lines = self._latest(lines)
        attachment = self._folder / letters[0].attachment if letters[0].attachment else None
        if attachment is not None and not attachment.is_file():
            attachment = None  # somebody tidied up meanwhile
        return Parcel(letters[-1].title, "\n".join(lines), attachment)

    def _latest(self, lines: list[str]) -> list[str]:
        size, first = 0, len(lines)
        while first and (size := size + len(lines[first - 1].encode()) + 1) <= MOST_BYTES:
            first -= 1
        first = min(first, len(lines) - 1)
        earlier = [self._words("notify.earlier_alarms", count=first)] if first else []
        return [*earlier, *lines[first:]]

    def _settle(self, known: Sequence[str]) -> None:
        late: list[Letter] = []

        def settle(owed: Owed) -> Owed:
            kept, old = owed.settled(known, self._now())
            late.extend(old)
            return kept

        self._change(settle)
        for letter in late:
            self._tell(Message.of("notify.given_up", title=letter.title))

    def _change(self, change: Callable[[Owed], Owed]) -> None:
        with self._lock:
            owed = change(self._owed)
            if owed != self._owed:
                self._owed = owed
                self._keep(owed)

    def _keep(self, owed: Owed) -> None:
        try:
            owed_file.write(self._folder, owed)
        except OSError as error:
            self._cannot_keep(error)
        else:
            self._say("file", None)

    def _cannot_keep(self, error: OSError) -> None:
        place = self._folder / owed_file.NAME
        reason = error.strerror or error
        self._say("file", Message.of("notify.not_kept", path=place, error=reason))

    def _say(self, of: str, problem: Message | None) -> None:
        if problem is None:
            self._problems.pop(of, None)
        elif self._problems.get(of) != problem:
            self._problems[of] = problem
            self._tell(problem)

"""`callvault play` and `listen-copy`: recordings heard, or made into copies to take along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.errors import DiskError
from archive.publish import publish
from archive.records import Recording
from archive.restoring_outside import refuse_within
from config.language import Message
from config.settings import FolderMirror
from ingest import listening
from ingest.desk import DONE, NEEDS_A_PERSON, Desk, Told, as_json, lines, recording_json
from ingest.errors import ListenError
from ingest.naming import recording_named
from ingest.playable import known_as
from ingest.player import Player, pick, play
from ingest.wav_maker import Made, make

_BESIDE = ".callvault-listening-"
"""Begins the name of a folder in which a copy lies until it is whole."""

_LEAST_LACKING = 0.5
"""Seconds, and below a share of the whole: encoders round, and that is no damage."""
_LACKING_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a recording is played: the computer, and who sits there."""

    system: str
    which: Callable[[str], str | None]
    say: Callable[[str], None]
    wait: Callable[[], bool]
    """Until the person has listened; False where there is nobody to ask."""


def tell_play(desk: Desk, named: str, form: str, stage: Stage) -> Told:
    """Raises WordError where the recording is not known, ListenError where it cannot be heard."""
    with desk.reading() as tx:
        of = recording_named(tx, named, desk.roots)
    player = pick(stage.system, stage.which)
    if player is None:
        raise ListenError(Message.of("listen.no_player", id=of.id))
    room, left = listening.room(desk.clock.now()), False
    try:
        with _writing(room):
            file, made = _playable(desk, of, room)
        listening.note(desk, of)
        stage.say(desk.said("listen.playing", source=of.source, player=player.name))
        play(player, file)
        left = not player.waits and not _heard_out(desk, stage)
    finally:
        left = left or not listening.leave(room)
    notes = [Message.of("listen.left", folder=room)] if left else []
    if made is not None and (shorter := _shorter(of, made)):
        notes.append(shorter)
    return Told(_played(desk, of, player, made, form), tuple(map(desk.words.say, notes)))


def _playable(desk: Desk, of: Recording, room: Path) -> tuple[Path, Made | None]:
    """What is handed to the player, and the WAV that had to be made, where one had.

    Players and systems remember names of files, and some pass them through a shell: none hears
    whose call it is.
    """
    copy = listening.proven(desk, of, room)
    extension = known_as(of.probed, copy)
    nameless = room / f"{of.id}-{of.sha256[:8]}"
    if extension is not None:
        return copy.rename(f"{nameless}{extension}"), None
    made = make(copy, Path(f"{nameless}.wav"), desk.settings.inbox.raw_audio)
    return made.path, made


def _heard_out(desk: Desk, stage: Stage) -> bool:
    stage.say(desk.words("listen.wait"))
    return stage.wait()


def _played(desk: Desk, of: Recording, player: Player, made: Made | None, form: str) -> str:
    if form == "json":
        told = recording_json(of) | {"player": player.name, "decoded": made is not None}
        return as_json(told)
    return lines(desk.said("listen.played", source=of.source))


@dataclass(frozen=True, slots=True)
class _Copy:
    """What came of one listening copy."""

    of: Recording
    path: Path
    made: Made | None = None
    problem: Message | None = None


def tell_copies(desk: Desk, named: Sequence[str], folder: Path, form: str, *, louder: bool) -> Told:
    """Raises WordError where a recording is not known, DiskError where `folder` is no place."""
    further = [one.folder for one in desk.settings.further if isinstance(one, FolderMirror)]
    with desk.reading() as tx:
        every = {one.id: one for one in (recording_named(tx, it, desk.roots) for it in named)}
    with _writing(folder):
        refuse_within(folder, [desk.settings.archive.path, desk.settings.inbox.path, *further])
        folder.mkdir(parents=True, exist_ok=True)
        done = [_copied(desk, one, folder, louder=louder) for one in every.values()]
    problems = tuple(desk.words.say(one.problem) for one in done if one.problem is not None)
    code = NEEDS_A_PERSON if problems else DONE
    if form == "json":
        return Told(as_json([_as_json(desk, one) for one in done]), problems, code)
    return Told(lines(*(line for one in done for line in _lines(desk, one))), problems, code)


def _copied(desk: Desk, of: Recording, folder: Path, *, louder: bool) -> _Copy:
    target = folder / listening.copy_name(of)
    if target.exists():
        return _Copy(of, target, problem=Message.of("listen.there", path=target))
    raw = desk.settings.inbox.raw_audio
    with TemporaryDirectory(prefix=_BESIDE, dir=folder, ignore_cleanup_errors=True) as beside:
        try:
            source = listening.proven(desk, of, Path(beside))
            made = make(source, Path(beside) / target.name, raw, louder=louder)
        except ListenError as error:
            return _Copy(of, target, problem=error.message)
        listening.note(desk, of, made.path)
        try:
            publish(made.path, target)
        except FileExistsError:
            return _Copy(of, target, problem=Message.of("listen.there", path=target))
    return _Copy(of, target, made)


def _lines(desk: Desk, one: _Copy) -> Iterator[str]:
    if one.made is None:
        return
    length = f"{one.made.seconds:.1f}"
    yield desk.said("listen.copied", source=one.of.source, path=one.path, seconds=length)
    if one.made.gain:
        yield desk.words("listen.louder", gain=f"{one.made.gain:.1f}")
    if shorter := _shorter(one.of, one.made):
        yield desk.words.say(shorter)
    if one.made.cut:
        yield desk.words("listen.cut")


def lacking(of: Recording, made: Made) -> float:
    """Seconds of the recording that its WAV lacks, and not because it was `cut`."""
    whole = (of.probed.duration_seconds if of.probed and not made.cut else None) or 0.0
    missing = whole - made.seconds
    return round(missing, 3) if missing > max(_LEAST_LACKING, whole * _LACKING_SHARE) else 0.0


def _shorter(of: Recording, made: Made) -> Message | None:
    if not (missing := lacking(of, made)):
        return None
    said = {"lacking": f"{missing:.1f}", "whole": f"{missing + made.seconds:.1f}"}
    return Message.of("listen.shorter", **said)


def _as_json(desk: Desk, one: _Copy) -> dict[str, object]:
    made = one.made
    return recording_json(one.of) | {
        "copy": str(one.path),
        "seconds": made and made.seconds,
        "gain_db": made and made.gain,
        "lacking_seconds": made and lacking(one.of, made),
        "cut": made and made.cut,
        "problem": one.problem and desk.words.say(one.problem),
    }


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        raise DiskError(Message.of("listen.cannot_write", path=folder, error=said)) from error

"""How recorders name their files: each form of the field notes, and names given by hand.

A form takes the call as the phone knows it and returns the name with what people read off it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bench.office.contacts import Contact
from bench.office.truth import ZONE, Shown


@dataclass(frozen=True, slots=True)
class Rung:
    """A call as the phone that records it knows it."""

    contact: Contact | None
    """`None` where the number is not saved."""
    number: str
    at: datetime
    """By the phone's clock."""
    out: bool
    collector: str
    title: Contact
    """What the collector would call the recording by hand."""
    hand: int = 0
    """Which of the ways of naming by hand is this collector's."""


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    shown: Shown
    dated: bool = True
    """Whether the name tells the day; else its time is the folder's day's."""


Form = Callable[[Rung, Random], Named]


def _t14(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"


def _spaced(number: str) -> str:
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def _shown(
    rung: Rung, contact: Contact | None, number: bool, *, seconds: bool = True, clock: bool = True
) -> Shown:
    at = rung.at.replace(microsecond=0)
    if not seconds:
        at = at.replace(second=0)
    if not clock:
        at = at.replace(hour=0, minute=0, second=0)
    return Shown(
        names=contact.names if contact else (),
        surname=contact.surname if contact else None,
        tail=contact.tail if contact else None,
        number=rung.number if number else None,
        at=at,
        clock=clock,
    )


def _saved(rung: Rung) -> str | None:
    """The contact as a file's name can hold it."""
    if rung.contact is None:
        return None
    return rung.contact.text.translate(str.maketrans("", "", '/\\:*?"<>|'))


def _both(name: str, rung: Rung, *, seconds: bool = True) -> Named:
    """Contact and number are shown."""
    return Named(name, _shown(rung, rung.contact, number=True, seconds=seconds))


def _either(name: str, rung: Rung, *, seconds: bool = True) -> Named:
    """The contact hides the number."""
    return Named(name, _shown(rung, rung.contact, rung.contact is None, seconds=seconds))


def _number_only(name: str, rung: Rung) -> Named:
    return Named(name, _shown(rung, None, number=True))


def miui(rung: Rung, _: Random) -> Named:
    return _both(
        f"通话录音@{_saved(rung) or _spaced(rung.number)}({rung.number})_{_t14(rung.at)}.mp3", rung
    )


def miui_global(rung: Rung, _: Random) -> Named:
    return _both(f"{_saved(rung) or _spaced(rung.number)}({rung.number})_{_t14(rung.at)}.mp3", rung)


def huawei(rung: Rung, _: Random) -> Named:
    contact = _saved(rung)
    who = f"{contact}@{rung.number}" if contact else _spaced(rung.number)
    return _both(f"{who}_{_t14(rung.at)}.amr", rung)


def coloros(rung: Rung, _: Random) -> Named:
    return _either(f"{_saved(rung) or rung.number}-{rung.at:%y%m%d%H%M}.mp3", rung, seconds=False)


def vivo(rung: Rung, _: Random) -> Named:
    return _either(f"{_saved(rung) or rung.number} {rung.at:%Y-%m-%d %H-%M-%S}.m4a", rung)


def samsung(rung: Rung, rng: Random) -> Named:
    prefix = rng.choice(("", "通话录音 ", "Call recording "))
    return _either(f"{prefix}{_saved(rung) or rung.number}_{rung.at:%y%m%d_%H%M%S}.m4a", rung)


def lenovo(rung: Rung, _: Random) -> Named:
    who = _saved(rung) or rung.number
    return _either(f"{who}_通话_{rung.at:%m月%d日_%H点%M分}.amr", rung, seconds=False)


def lg(rung: Rung, _: Random) -> Named:
    return _number_only(f"{0 if rung.out else 1}d{_t14(rung.at)}p{rung.number}.3gp", rung)


def lineageos(rung: Rung, rng: Random) -> Named:
    who = _saved(rung) or rung.number
    return _either(f"{who}_{rung.at:%y%m%d_%H%M%S}{rng.randrange(1000):03}.amr", rung)


def grapheneos(rung: Rung, _: Random) -> Named:
    return _number_only(f"CallRecord_{rung.at:%Y%m%d-%H%M%S}_{rung.number}.ogg", rung)


def bcr(rung: Rung, rng: Random) -> Named:
    contact = _saved(rung)
    way = "out" if rung.out else "in"
    stamp = f"{rung.at:%Y%m%d_%H%M%S}.{rng.randrange(1000):03}+0800"
    return _both(f"{stamp}_{way}_sim1_{rung.number}{f'_{contact}' if contact else ''}.oga", rung)


def cube_acr(rung: Rung, _: Random) -> Named:
    who = f"{_saved(rung)} ({rung.number})" if rung.contact else f"({rung.number})"
    arrow = "↗" if rung.out else "↙"
    return _both(f"{rung.at:%Y-%m-%d %H-%M-%S} (phone) {who} {arrow}.m4a", rung)


def axet(rung: Rung, _: Random) -> Named:
    contact = f" ({_saved(rung)})" if rung.contact else ""
    arrow = "↑" if rung.out else "↓"
    return _both(f"{rung.at:%Y%m%dT%H%M%S} {arrow} {rung.number}{contact}.ogg", rung)


def true_phone(rung: Rung, _: Random) -> Named:
    contact = f"{_saved(rung)} " if rung.contact else ""
    way = "out" if rung.out else "in"
    return _both(f"{contact}({rung.number} Mobile) {rung.at:%Y-%m-%d_%H%M%S}_{way}.m4a", rung)


def freepbx(rung: Rung, rng: Random) -> Named:
    epoch = int(rung.at.replace(tzinfo=ZONE).timestamp())
    stamp = f"{rung.at:%Y%m%d-%H%M%S}-{epoch}.{rng.randrange(999)}"
    if rung.out:
        return _number_only(f"out-{rung.number}-{200 + rung.hand}-{stamp}.wav", rung)
    return _number_only(f"external-{200 + rung.hand}-{rung.number}-{stamp}.wav", rung)


def three_cx(rung: Rung, rng: Random) -> Named:
    sides = (str(200 + rung.hand), rung.number)
    calling, called = sides if rung.out else sides[::-1]
    who = _saved(rung) or rung.number
    name = f"[{who}]_{calling}-{called}_{_t14(rung.at)}({rng.randrange(1, 999)}).wav"
    return _both(name, rung)


def vicidial(rung: Rung, _: Random) -> Named:
    return _number_only(f"{rung.at:%Y%m%d-%H%M%S}_{rung.number}-all.mp3", rung)


def cincc(rung: Rung, rng: Random) -> Named:
    stamp, end = _t14(rung.at), _t14(rung.at + timedelta(seconds=2))
    name = f"9000A{rung.number}C{stamp}AC11S{end}{rng.randrange(1000):03}.mp3"
    return _number_only(name, rung)


def voice_memo(rung: Rung, _: Random) -> Named:
    half = "上午" if rung.at.hour < 12 else "下午"
    hour = rung.at.hour - 12 if rung.at.hour > 12 else rung.at.hour
    when = f"{rung.at.month}月{rung.at.day}日 {half}{hour}点{rung.at.minute:02}分"
    shown = _shown(rung, rung.title, number=False, seconds=False)
    return Named(f"{rung.title.text} {when}.m4a", shown)


def wechat(_: Rung, rng: Random) -> Named:
    return Named(f"msg_{rng.randrange(16**16):016x}{rng.randrange(10**10):010}.amr", Shown())


def fusionpbx(_: Rung, rng: Random) -> Named:
    return Named(f"{uuid.UUID(int=rng.getrandbits(128), version=4)}.wav", Shown())


def by_hand(rung: Rung, rng: Random) -> Named:
    """Files renamed by hand, each collector in one of these ways."""
    title, at = rung.title, rung.at
    whole = _shown(rung, title, number=False, seconds=False)
    day = _shown(rung, title, number=False, clock=False)
    name = Shown(names=title.names, surname=title.surname, tail=title.tail)
    with_number = Shown(names=title.names, surname=title.surname, number=rung.number)
    tail = Shown(names=title.names, surname=title.surname, tail=rung.number[-4:])
    ways = (
        Named(f"{title.text}.mp3", name),
        Named(f"{title.text} {at.month}.{at.day}.mp3", day),
        Named(f"{title.text}{at.hour}点{at.minute:02}.mp3", whole, dated=False),
        Named(f"{title.text}{rung.number}.wav", with_number),
        Named(f"{rung.collector}-{title.text}-{at:%m%d}.mp3", day),
        Named(f"{at:%Y%m%d}{title.text}.mp3", day),
        Named(f"{title.text}_{rung.number[-4:]}.mp3", tail),
        Named(f"{rng.randrange(1, 40)}、{title.text}.mp3", name),
        Named(
            f"{rung.number} {at:%Y%m%d %H%M}.wav", _shown(rung, None, number=True, seconds=False)
        ),
        Named(f"{title.text} {at:%Y-%m-%d %H.%M.%S}.mp3", _shown(rung, title, number=False)),
    )
    return ways[rung.hand % len(ways)]


FORMS: dict[str, tuple[Form, int]] = {
    "miui": (miui, 14),
    "miui_global": (miui_global, 6),
    "huawei": (huawei, 14),
    "coloros": (coloros, 12),
    "vivo": (vivo, 10),
    "samsung": (samsung, 5),
    "lenovo": (lenovo, 3),
    "lg": (lg, 1),
    "lineageos": (lineageos, 2),
    "grapheneos": (grapheneos, 1),
    "bcr": (bcr, 3),
    "cube_acr": (cube_acr, 3),
    "axet": (axet, 2),
    "true_phone": (true_phone, 1),
    "freepbx": (freepbx, 3),
    "three_cx": (three_cx, 2),
    "vicidial": (vicidial, 2),
    "cincc": (cincc, 1),
    "voice_memo": (voice_memo, 3),
    "wechat": (wechat, 1),
    "fusionpbx": (fusionpbx, 1),
    "by_hand": (by_hand, 12),
}
"""Each form and how many collectors of a hundred have it."""

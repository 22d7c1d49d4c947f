"""One form of a recording's name: a pattern whose named groups say what stands where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ingest.stamps import HALVES, Parts, Stamp, stamp
from matcher.evidence import Direction, Evidence
from matcher.names import Contact, parse_contact
from matcher.numbers import normalise, split

NOBODY = Contact(None, None)

_DIRECTIONS = {
    **dict.fromkeys(
        ("in", "inc", "incoming", "inbound", "呼入", "拨入", "来电", "被叫", "↓", "↙"), Direction.IN
    ),
    **dict.fromkeys(
        ("out", "outgoing", "outbound", "呼出", "拨出", "去电", "主叫", "↑", "↗"), Direction.OUT
    ),
}

# Words that recorders and file managers write where a name could stand.
GENERIC = re.compile(
    rf"(?:(?:新|标准|普通|手机|本地|我的|电话|通话|语音|催收|客户)*(?:录音|语音|通话|电话|手机)(?:文件|记录|机)?"
    r"|座机|号码|来电|去电|呼入|呼出|拨入|拨出|主叫|被叫|未接来?电?|催收|客户|音频|附件|文件|新建|副本|"
    r"(?:未知|陌生|私人|隐藏|匿名)(?:号码|来电|联系人)?|无名|无号码|卡[12一二]|第[\d一二三四五六七八九十]+[次段个条通]|"
    rf"今天|昨天|{HALVES}|"
    r"(?:(?:call|phone|voice|audio|sound|my|new|standard|private|unknown|no)[ _-]?)*"
    r"(?:call|calls|phone|voice|audio|sound|record|records|recorder|recording|recordings|recorded|rec|memo|note|"
    r"unknown|private|number|name|anonymous|withheld|null|none|aud|wa|ptt|dvr|track|file|new|sim|tel|mobile|"
    r"in|inc|out|incoming|outgoing|inbound|outbound|conference|all|wechat|qq|wx|msg|mic|miui|"
    r"mp3|wav|amr|m4a|aac|ogg|opus|flac|silk|3gp?p?))[\s_-]*\d*",
    re.IGNORECASE,
)
_SPOKEN_DIRECTION = re.compile(
    r"(?:^|(?<=[\s_(-]))(呼入|拨入|来电|被叫|呼出|拨出|去电|主叫)(?=[\s_)-]|$)"
)
"""A word of its own beside the contact, where the recorder's form has no place for it."""
_EMPTY_BRACKETS = re.compile(r"[(\[【]\s*[)\]】]")
_LISTED = re.compile(r"[,;_]")
_EDGES = " -_@,.;:、#+="


@dataclass(frozen=True, slots=True)
class Form:
    """A recorder's form of names. Groups: those of `ingest.stamps`, contact, number, direction."""

    reader: str
    pattern: re.Pattern[str]
    amend: Callable[[Parts], Parts] | None = None
    """Rewrites the groups where they do not stand for themselves; ValueError: it does not fit."""

    def read(self, found: re.Match[str], tz: ZoneInfo, day: date) -> Evidence | None:
        """What a name that fits the pattern says; None where its date is none."""
        parts: Parts = found.groupdict()
        try:
            parts = self.amend(parts) if self.amend else parts
            when = stamp(parts, tz, day)
        except ValueError:
            return None
        return told(self.reader, parts, when)


def noted(*said: str | None) -> str | None:
    """A note of several parts, of which any may be missing."""
    return " ".join(filter(None, said)) or None


def told(reader: str, parts: Parts, when: Stamp | None) -> Evidence:
    """Evidence from the groups contact, number (one or several) and direction."""
    called, direction = parts.get("contact") or "", parts.get("direction")
    if direction is None and (spoken := _SPOKEN_DIRECTION.search(called)):
        called, direction = _SPOKEN_DIRECTION.sub(" ", called), spoken[0]
    contact, aside = who(called)
    stated = [normalise(text) for text in _LISTED.split(parts.get("number") or "")]
    return Evidence(
        reader=reader,
        contact=contact.name,
        note=contact.note,
        surname=contact.surname,
        numbers=tuple(dict.fromkeys(number for number in (*stated, *aside) if number)),
        started_at=when.at if when else None,
        precision=when.precision if when else None,
        direction=direction_of(direction),
    )


def direction_of(word: str | None) -> Direction | None:
    return _DIRECTIONS.get(word.lower()) if word else None


def who(text: str) -> tuple[Contact, tuple[str, ...]]:
    """The contact that a text names, and the numbers that stand where a name would."""
    if not text:
        return NOBODY, ()
    if not text[0].isalpha() and (number := normalise(text)):
        return NOBODY, (number,)
    numbers, rest = split(text)
    name = " ".join(_EMPTY_BRACKETS.sub(" ", rest).split()).strip(_EDGES)
    if not any(map(str.isalpha, name)) or GENERIC.fullmatch(name):
        return NOBODY, numbers
    return parse_contact(name), numbers

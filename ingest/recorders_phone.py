"""How telephones' recorders name their files. Order counts: the most specific form first."""

from __future__ import annotations

import re

from ingest.name_form import Form
from ingest.stamps import DASHED, HALVES, HMS, T14, YMD, YYMD, Parts

# MIUI writes `+` as `00`, `,` as `p` and `*` as `s`; what follows a pause was dialled afterwards.
_MIUI_NUMBER = r"[\d +-]{3,}(?:[ps][\dps]*)?"
_MIUI_CALLER = re.compile(rf"(?P<contact>.*)\((?P<number>{_MIUI_NUMBER})\)?")
_MIUI_SHIFTED = re.compile(rf"([^()]*)\)(_[^()]*\({_MIUI_NUMBER})")
_MIUI_BETWEEN = re.compile(r"(?<=\))_")
_PAUSE = re.compile(r"[ps][\dps]*$")

_CALL_RECORDING = (
    "通话录音|通話錄音|通話録音|Call [Rr]ecording|통화 녹음|Grabación de llamada|"
    "Gravação de chamada|Запись (?:вызова|разговора)|Enregistrement d'appel|Anrufaufzeichnung|"
    "Nagranie rozmowy|Registrazione chiamata|Ghi âm cuộc gọi|Rekaman panggilan"
)
_ID = r"[0-9A-Fa-f]"


def _miui(parts: Parts) -> Parts:
    """Callers of `NAME(PHONE)`, in a conference several, joined by `_`.

    A contact with `_` shifts the closing bracket: `张)_三(13800138000`. A conference has no
    contact: which of its callers the name would be is open.
    """
    callers = parts["callers"] or ""
    if shifted := _MIUI_SHIFTED.fullmatch(callers):
        callers = f"{shifted[1]}{shifted[2]})"
    each = _MIUI_BETWEEN.split(callers)
    found = [_MIUI_CALLER.fullmatch(caller) for caller in each]
    numbers = [one["number"] if one else caller for one, caller in zip(found, each, strict=True)]
    contact = found[0]["contact"] if found[0] and len(found) == 1 else None
    joined = ",".join(_PAUSE.sub("", number) for number in numbers)
    return {**parts, "contact": contact, "number": joined}


def _form(reader: str, pattern: str) -> Form:
    return Form(reader, re.compile(pattern, re.ASCII))


FORMS: tuple[Form, ...] = (
    _form("uuid", rf"{_ID}{{8}}-?(?:{_ID}{{4}}-?){{3}}{_ID}{{12}}"),
    _form(
        "wechat",
        rf"msg_[0-9A-Za-z]{{6,}}(?:\.\w+)*|[\w.-]+\.aud(?:\.silk)?|{_ID}{{16,}}\.(?:silk|slk)",
    ),
    Form(
        "miui",
        re.compile(
            rf"(?:[^@()]{{1,40}}@)?(?P<callers>[^@]*\({_MIUI_NUMBER}\)?)_{T14}",
            re.ASCII,
        ),
        _miui,
    ),
    _form("miui", rf"(?:{_CALL_RECORDING})@(?P<number>{_MIUI_NUMBER})_{T14}"),
    _form("huawei", rf"(?:(?P<contact>.+)@)?(?P<number>\+?[\d *#-]{{3,}})_{T14}"),
    _form("lg", rf"[01]d{T14}p(?P<number>\+?[\d*#]+|null)"),
    _form(
        "bcr",
        rf"{YMD}_{HMS}(?:\.\d{{1,9}})?(?P<zone>[+-]\d{{4}})(?:_(?P<direction>in|out|conference))?"
        r"(?:_sim\d+)?(?:_(?P<number>\+?[\d*#]{3,}(?:,\+?[\d*#]{3,})*))?(?:_(?P<contact>.+))?",
    ),
    _form(
        "cube_acr",
        rf"{DASHED} (?P<h>\d\d)-(?P<mi>\d\d)-(?P<s>\d\d) \(\w+\) ?(?P<contact>.*?)"
        r"(?: ?\((?P<number>\+?[\d() -]+)\))? ?(?P<direction>[↗↙])?",
    ),
    _form(
        "axet",
        rf"(?:{YMD}T{HMS})(?: -)?(?= \S)(?: (?P<direction>[↑↓]))?"
        r"(?: (?P<number>\+?\d[\d -]{2,}))?(?: \(?(?P<contact>[^()]+)\)?)?",
    ),
    _form(
        "axet",
        rf"{DASHED} (?P<h>\d\d)\.(?P<mi>\d\d)\.(?P<s>\d\d)(?! [AP]M\b)(?: -)?(?= \S)"
        r"(?: (?P<direction>[↑↓]))?"
        r"(?: (?P<number>\+?\d[\d -]{2,}))?(?: \(?(?P<contact>[^()]+)\)?)?",
    ),
    _form(
        "true_phone",
        r"(?:(?P<contact>.+?) )?\(?(?P<number>\+?\d[\d -]{2,}\d)(?: [^()\d]+)?\)? "
        rf"{DASHED}_{HMS}_(?P<direction>inc?|out)",
    ),
    _form("vivo", rf"(?P<contact>.+) {DASHED} (?P<h>\d\d)-(?P<mi>\d\d)-(?P<s>\d\d)"),
    _form("grapheneos", rf"CallRecord_{YMD}-{HMS}_(?P<contact>.+)"),
    _form("lineageos", rf"(?P<contact>.+)_{YYMD}_{HMS}\d{{3}}"),
    _form("samsung", rf"(?:(?:{_CALL_RECORDING}) )?(?P<contact>.+)_{YYMD}_{HMS}"),
    _form("coloros", rf"(?P<contact>.+)-{YYMD}(?P<h>\d\d)(?P<mi>\d\d)"),
    _form(
        "lenovo",
        r"(?P<contact>.+)_通话_(?P<mo>\d\d)月(?P<d>\d\d)日_(?P<h>\d\d)点(?P<mi>\d\d)分",
    ),
    _form(
        "voice_memo",
        r"(?P<contact>.*?) ?(?P<mo>\d{1,2})月(?P<d>\d{1,2})日 ?"
        rf"(?P<half>{HALVES}) ?(?P<h>\d{{1,2}})点(?P<mi>\d\d)分",
    ),
)

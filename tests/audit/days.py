"""Sample days for the report's tests: quiet, ordinary, hostile and large ones."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import product
from zoneinfo import ZoneInfo

from audit.day import (
    CallLine,
    CallRef,
    CandidateLine,
    DayReport,
    Finding,
    MirrorLine,
    RecordingLine,
    Severity,
)

DAY = date(2026, 11, 16)
AT = datetime(2026, 11, 16, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

# What offices really meet in names, and what an attacker would put there.
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "https://example.com/x",
    "[bold]张[/bold] :smile:",
    "\u202e三张",
    "张\x1b[31m三\x07",
    "{{ 7 * 7 }}",
    "张\u200b三\ud800",
    "007",
    "张\ufffe",
)


def day(  # the parts of a report, each optional
    recordings: Sequence[RecordingLine] = (),
    calls: Sequence[CallLine] = (),
    findings: Sequence[Finding] = (),
    *,
    language: str = "zh",
    on: date = DAY,
    office: str = "济南分公司",
) -> DayReport:
    missing = sum(finding.code == "missing_recording" for finding in findings)
    counts: Mapping[str, int] = {
        "recordings": len(recordings),
        **Counter(line.status for line in recordings),
        "calls": len(calls),
        "reached": sum(line.reached is True for line in calls),
        "missing": missing,
        "findings": len(findings),
    }
    return DayReport(
        date=on,
        generated_at=AT,
        office=office,
        language=language,
        counts=counts,
        recordings=tuple(recordings),
        calls=tuple(calls),
        findings=tuple(findings),
    )


def ref(line: int, collector: str = "王芳", on: date = DAY) -> CallRef:
    return CallRef(f"{on}/{collector}/催收记录表.xlsx", "Sheet1", line)


def call(
    line: int,
    customer: str | None,
    *recordings: str,
    collector: str | None = "王芳",
    reached: bool | None = True,
    on: date = DAY,
) -> CallLine:
    place = ref(line, collector or "办公室", on)
    return CallLine(place, customer, collector, reached, recordings)


def filed(source: str, customer: str, at: CallRef | None = None, on: date = DAY) -> RecordingLine:
    checksum = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    path = f"{customer}/{on}/{source.rsplit('/', 1)[-1]}"
    return RecordingLine(
        source=source,
        status="filed",
        size=120_000,
        sha256=checksum,
        duration_seconds=83.4,
        format="mp3",
        collector=source.split("/")[1] if source.count("/") > 1 else None,
        customer=customer,
        call=at,
        archive_path=path,
        mirror=MirrorLine("mirrored", f"office/{path}", checksum),
        reasons=("号码与第 5 行相同",),
    )


def missing(line: int, customer: str, collector: str = "王芳", on: date = DAY) -> Finding:
    return Finding(
        "missing_recording",
        Severity.ERROR,
        f"客户“{customer}”已接通，但没有录音；请{collector}从手机导出当日录音，放进收件箱",
        customer=customer,
        collector=collector,
        sheet=ref(line, collector, on).sheet,
        line=line,
        tab=ref(line).tab,
    )


def hostile(text: str, language: str = "zh") -> DayReport:
    """A day in which every field that people fill says `text`."""
    place = CallRef(f"2026-11-16/{text}/{text}.xlsx", text, 5)
    source = f"2026-11-16/{text}/{text}.mp3"
    held = RecordingLine(
        source=f"{source}2",
        status="ambiguous",
        size=5,
        sha256="0" * 64,
        format=text,
        collector=text,
        customer=text,
        archive_path=f"{text}/{text}.mp3",
        reasons=(text,),
        candidates=(CandidateLine(text, place, 3.5, (text,)),),
    )
    finding = Finding(
        "ambiguous_recording", Severity.WARNING, text, text, text, held.source, place.sheet, 5
    )
    return day(
        [filed(source, text, place), held],
        [CallLine(place, text, text, True, (source,)), call(7, text, collector=text)],
        [finding, missing(7, text, text)],
        language=language,
        office=text,
    )


def large(rows: int, language: str = "en") -> DayReport:
    """Every tenth customer lacks a recording."""
    calls, recordings, findings = [], [], []
    for number in range(rows):
        customer, source = f"客户{number}", f"2026-11-16/王芳/{number}.mp3"
        if number % 10:
            calls.append(call(number + 2, customer, source))
            recordings.append(filed(source, customer, ref(number + 2)))
        else:
            calls.append(call(number + 2, customer))
            findings.append(missing(number + 2, customer))
    return day(recordings, calls, findings, language=language)


_SURNAMES = "王李张刘陈杨黄赵周吴徐孙"
_GIVEN = ("建国", "秀英", "志强", "海燕", "国庆")
_COLLECTORS = ("王芳", "李雷", "赵敏", "孙丽")

_FINDINGS_ZH = {
    "ambiguous_recording": "录音与“{a}”和“{b}”同样吻合；请听录音后选定客户",
    "unmatched_recording": "没有一行与录音吻合；请确认是否为工作通话，是则在记录表中补一行",
    "damaged_recording": "录音不完整，只能播放前 12 秒；请从手机重新导出",
    "incomplete_row": "“{a}”已接通，但设备位置、工作小时数未填；请补填",
    "promise_beyond_authority": "“{a}”的预计存款日期 11 月 18 日超出可宽限的一天；请主管核准或改正",
    "late_handoff": "{c}的录音在 17:42 才交，晚于 17:00；请说明原因",
    "duplicate_recording": "这个录音与另一个文件内容完全相同，只保存一份",
    "ignored_file": "不是录音也不是记录表，已忽略",
    "mirror_pending": "还没有上传到对象存储，将自动重试",
}
_FINDINGS_EN = {
    "ambiguous_recording": "the recording fits “{a}” and “{b}” equally; listen, then choose",
    "unmatched_recording": "no row fits the recording; if it is a work call, add its row",
    "damaged_recording": "the recording breaks off after 12 s; export it again from the phone",
    "incomplete_row": "“{a}” was reached, but location and working hours are blank; fill them in",
    "promise_beyond_authority": "“{a}” may deposit on 18 November, more than one day late; "
    "have the manager approve it or correct it",
    "late_handoff": "{c} handed over at 17:42, after 17:00; note the reason",
    "duplicate_recording": "the same bytes were handed over before; one copy is kept",
    "ignored_file": "neither a recording nor a sheet; it was ignored",
    "mirror_pending": "not yet sent to the object store; it will be tried again",
}
_GRAVE = {"damaged_recording": Severity.ERROR}
_LIGHT = ("duplicate_recording", "ignored_file", "mirror_pending")


def ordinary(language: str = "zh", on: date = DAY, rows: int = 60) -> DayReport:
    """A working day: most is filed, some is missing, some waits for a person."""
    names = [first + given for given, first in product(_GIVEN, _SURNAMES)][:rows]
    calls, recordings, findings = [], [], []
    for number, customer in enumerate(names):
        collector, line = _COLLECTORS[number % 4], 4 + number // 4
        source = f"{on}/{collector}/通话录音@{customer}(1380053{number:04})_20261116{number:02}.mp3"
        if number % 9 == 5:
            calls.append(call(line, customer, collector=collector, reached=False, on=on))
        elif number in (7, 22, 30):
            calls.append(call(line, customer, collector=collector, on=on))
            findings.append(missing(line, customer, collector, on))
        else:
            calls.append(call(line, customer, source, collector=collector, on=on))
            recordings.append(filed(source, customer, ref(line, collector, on), on))
    said = _FINDINGS_ZH if language == "zh" else _FINDINGS_EN
    for number, (code, sentence) in enumerate(said.items()):
        findings.append(_sample(code, sentence, names, number, on))
    held = [_held(finding, calls) for finding in findings if finding.source]
    return day([*recordings, *held], calls, findings, language=language, on=on)


def _sample(code: str, sentence: str, names: Sequence[str], number: int, on: date) -> Finding:
    customer, collector = names[number % len(names)], _COLLECTORS[number % 4]
    message = sentence.format(a=customer, b=names[-1 - number % len(names)], c=collector)
    light = Severity.INFO if code in _LIGHT else Severity.WARNING
    of_file = code.endswith(("_recording", "_file", "_pending"))
    of_row = code in ("incomplete_row", "promise_beyond_authority")
    return Finding(
        code,
        _GRAVE.get(code, light),
        message,
        customer=customer if of_row else None,
        collector=collector,
        source=f"{on}/{collector}/新录音 {number}.m4a" if of_file else None,
        sheet=ref(4 + number, collector, on).sheet if of_row else None,
        line=4 + number if of_row else None,
    )


def _held(finding: Finding, calls: Sequence[CallLine]) -> RecordingLine:
    status = {"mirror_pending": "unmatched", "ignored_file": "ignored"}.get(
        finding.code, finding.code.removesuffix("_recording")
    )
    kept = status in ("ambiguous", "unmatched", "damaged")
    candidates = tuple(
        CandidateLine(line.customer, line.call, weight, ("时间相近", "姓名相同"))
        for line, weight in zip(calls[:2], (6.2, 6.1), strict=False)
    )
    return RecordingLine(
        source=finding.source or "",
        status=status,
        size=48_213,
        sha256=hashlib.sha256((finding.source or "").encode()).hexdigest() if kept else None,
        duration_seconds=27.0 if kept else None,
        format="m4a" if kept else None,
        collector=finding.collector,
        archive_path=f"holding/{finding.code}.m4a" if kept else None,
        mirror=MirrorLine("pending") if kept else MirrorLine("off"),
        reasons=(finding.message,),
        candidates=candidates if status == "ambiguous" else (),
    )

"""Small cases by hand: what a careful clerk would file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bench.office.clerk import Class, read_office
from bench.office.truth import File, Line, Office, Recording, Shown

DAY = date(2026, 11, 16)


def at(clock: str, day: int = 16) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute))  # noqa: DTZ001


def line(
    customer: int,
    name: str | None,
    number: str | None,
    clock: str | None = None,
    by: str | None = "王芳",
    reached: bool = True,
) -> Line:
    return Line(
        key=f"sheet|tab|{customer}{(clock or '').replace(':', '')}",
        day=DAY,
        name=name,
        numbers=(number,) if number else (),
        at=at(clock) if clock else None,
        collector=by,
        reached=reached,
        customer=customer,
    )


def shown(
    *names: str,
    number: str | None = None,
    clock: str | None = None,
    surname: str | None = None,
    tail: str | None = None,
) -> Shown:
    return Shown(
        names=names,
        surname=surname,
        tail=tail,
        number=number,
        at=at(clock) if clock else None,
        clock=bool(clock),
        collector="王芳",
        day=DAY,
    )


def recording(said: Shown, customer: int | None) -> Recording:
    return Recording(
        sound=0,
        files=(File("a.mp3", said),),
        handed=DAY,
        customer=customer,
        line=None,
        called=at("9:00"),
        recorder="miui",
    )


def kinds(lines: Sequence[Line], *said: tuple[Shown, int | None]) -> list[str]:
    office = Office(
        seed=0,
        recordings=tuple(recording(*one) for one in said),
        sheets=(),
        names={},
        mess=0,
    )
    from bench.office.truth import SheetFile

    office = replace(office, sheets=(SheetFile("sheet", b"", DAY, tuple(lines)),))
    return [str(one.kind) for one in read_office(office)]


N1, N2 = "15400000001", "15400009999"


def test_an_equal_number_decides_whatever_the_time() -> None:
    assert kinds([line(1, "张三", N1, "10:00")], (shown(number=N1, clock="16:00"), 1)) == [
        "decidable"
    ]


def test_an_equal_number_under_another_full_name_stays_open() -> None:
    assert kinds([line(1, "张三", N1)], (shown("李四", number=N1), 1)) == ["open"]


def test_a_name_that_one_customer_has_decides_unless_the_clock_contradicts() -> None:
    lines = [line(1, "张三", N1, "10:00")]
    said = [(shown("张三", clock="10:04"), 1), (shown("张三", clock="15:00"), 1)]
    assert kinds(lines, *said) == ["decidable", "open"]


def test_namesakes_and_nothing_else_are_a_tie() -> None:
    assert kinds([line(1, "王伟", N1), line(2, "王伟", N2)], (shown("王伟"), 1)) == ["tie"]


def test_time_or_last_digits_tell_namesakes_apart() -> None:
    lines = [line(1, "王伟", N1, "10:00"), line(2, "王伟", N2, "15:00")]
    assert kinds(lines, (shown("王伟", clock="10:03"), 1)) == ["decidable"]
    assert kinds(lines, (shown("王伟", tail="9999"), 2)) == ["decidable"]
    close = [line(1, "王伟", N1, "10:00"), line(2, "王伟", N2, "10:08")]
    assert kinds(close, (shown("王伟", clock="10:05"), 1)) == ["tie"]


def test_a_shared_number_without_a_name_is_a_tie() -> None:
    lines = [line(1, "张三", N1), line(2, "李四", N1)]
    assert kinds(lines, (shown(number=N1), 1)) == ["tie"]
    both = [(shown("李四", number=N1), 2), (shown("张三", number=N1), 1)]
    assert kinds(lines, *both) == ["decidable", "decidable"]


def test_what_may_be_the_call_of_another_who_has_no_recording_is_open() -> None:
    couple = [line(1, "张三", N1), line(2, "李四", N1)]
    assert kinds(couple, (shown("李四", number=N1), 2)) == ["open"]
    assert kinds(couple, (shown("李四"), 2)) == ["open"]
    twice = [(shown("李四", number=N1), 2), (shown("李四", number=N1), 1)]
    assert kinds(couple, *twice) == ["open", "open"]
    apart = [line(1, "张三", N1, "15:00"), line(2, "李四", N1, "10:00")]
    assert kinds(apart, (shown("李四", number=N1, clock="10:02"), 2)) == ["decidable"]


def test_a_name_alone_is_not_a_call_that_nobody_answered() -> None:
    unanswered = [line(1, "张三", N1, reached=False)]
    assert kinds(unanswered, (shown("张三"), 1)) == ["open"]
    assert kinds(unanswered, (shown("张三", number=N1), 1)) == ["decidable"]


def test_a_number_called_elsewhen_may_be_a_wrong_digits_call_just_then() -> None:
    lines = [line(1, "张三", N1, "15:00"), line(2, "李四", "15400000002", "10:02")]
    assert kinds(lines, (shown(number=N1, clock="10:00"), 1)) == ["open"]
    assert kinds(lines, (shown(number=N1, clock="15:05"), 1)) == ["decidable"]


def test_what_later_papers_make_doubtful_is_open() -> None:
    lines = [line(1, "王伟", N1)]
    tomorrow = replace(line(2, "王伟", N2), day=date(2026, 11, 17), key="tomorrow")
    assert kinds(lines, (shown("王伟"), 1)) == ["decidable"]
    assert kinds([*lines, tomorrow], (shown("王伟"), 1)) == ["open"]


def test_a_wrong_digit_needs_the_time_and_a_free_row() -> None:
    lines = [line(1, "张三", "15400000002", "10:00")]
    near, far = shown(number=N1, clock="10:02"), shown(number=N1, clock="12:00")
    assert kinds(lines, (near, 1)) == ["decidable"]
    assert kinds(lines, (far, 1)) == ["open"]
    taken = shown("张三", number="15400000002", clock="10:01")
    assert kinds(lines, (near, 1), (taken, 1)) == ["open", "decidable"]


def test_a_homophone_needs_the_time() -> None:
    lines = [line(1, "张红梅", N1, "10:00")]
    assert kinds(lines, (shown("张宏梅", clock="10:02"), 1)) == ["decidable"]
    assert kinds(lines, (shown("张宏梅"), 1)) == ["open"]
    assert kinds(lines, (shown("张春梅", clock="10:02"), 1)) == ["open"]


def test_a_surname_needs_the_time_and_no_other_of_it_near() -> None:
    lines = [line(1, "张三", N1, "10:00"), line(2, "张小军", N2, "15:00")]
    said = shown(surname="张", clock="10:02")
    assert kinds(lines, (said, 1)) == ["decidable"]
    assert kinds([*lines, line(3, "张飞", None, "10:20")], (said, 1)) == ["open"]


def test_a_friend_called_like_a_customer_misleads_everybody() -> None:
    assert kinds([line(1, "张三", N1)], (shown("张三"), None)) == [str(Class.MISLED)]


def test_one_customer_written_in_two_ways_is_no_tie() -> None:
    lines = [line(1, "王伟", N1), replace(line(1, "王伟", N2), key="sheet|other|1")]
    assert kinds(lines, (shown("王伟"), 1)) == ["open"]


def test_the_order_of_lines_without_times_opens_a_tie() -> None:
    def row(customer: int, name: str, number: str, place: int) -> Line:
        return replace(line(customer, name, number), key=f"sheet|tab|{place}")

    others = [row(10 + at, f"客户{at}", f"1541111000{at}", at * 2) for at in range(8)]
    clear = [(shown(number=f"1541111000{at}", clock=f"{9 + at}:00"), 10 + at) for at in range(8)]
    namesakes = [row(1, "王伟", N1, 3), row(2, "王伟", N2, 13)]
    said = (shown("王伟", clock="10:30"), 1)
    assert kinds([*others, *namesakes], *clear, said)[-1] == "open"
    assert kinds(namesakes, said) == ["tie"]
    assert kinds([*others, *namesakes], *reversed(clear[:4]), said)[-1] == "tie"

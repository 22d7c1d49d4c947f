"""A whole office from a seed: its days, the files handed over, its sheets, and the truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from bench.office import contacts, sheets, workbooks
from bench.office.day import Call, PhoneBooks, calls_of_day, entry
from bench.office.habits import CollectorHabits, OfficeHabits, draw
from bench.office.people import Customer, customers
from bench.office.recorders import FORMS, Named, Rung, by_hand
from bench.office.sheets import Entry, SheetForm
from bench.office.truth import File, Line, Office, Recording, SheetFile


@dataclass(frozen=True, slots=True)
class Happened:
    """A call with the row that was written of it."""

    key: int
    call: Call
    entry: Entry | None


def generate(seed: int, recordings: int = 200) -> Office:
    """The office of `seed`: always the same, with about so many recordings."""
    rng = Random(f"office {seed}")
    habits = draw(rng)
    wanted = max(8, round(recordings * rng.lognormvariate(-0.1, 0.4)))
    each = max(2, round(wanted / habits.reached / len(habits.days) / len(habits.collectors)))
    pool = customers(
        rng, max(10, round(each * len(habits.collectors) * 1.3)), habits.kin, habits.village
    )
    portfolios: dict[str, list[Customer]] = {one.name: [] for one in habits.collectors}
    for customer in pool:
        portfolios[rng.choice(list(portfolios))].append(customer)
    for mine in portfolios.values():
        if not mine:
            mine.append(rng.choice(pool))
    books = PhoneBooks(rng, pool, habits.mess)
    happened: list[Happened] = []
    for day in habits.days:
        for call in calls_of_day(rng, habits, day, portfolios, books, each):
            written = entry(rng, habits, call, call.customer) if call.customer else None
            happened.append(Happened(len(happened), call, written))
    written_sheets, keys = _sheets(rng, habits, happened)
    return Office(
        seed=seed,
        recordings=tuple(_recordings(rng, habits, happened, keys)),
        sheets=tuple(written_sheets),
        names={one.id: one.name for one in pool},
        mess=habits.mess,
    )


# --- recordings ----------------------------------------------------------------------------------


def _recordings(
    rng: Random, habits: OfficeHabits, happened: Sequence[Happened], keys: Mapping[int, str]
) -> Sequence[Recording]:
    made: list[Recording] = []
    taken: set[str] = set()
    for one in happened:
        call = one.call
        if rng.random() < (0.02 + 0.06 * habits.mess if call.reached else 0.96):
            continue  # lost, or nothing to record
        named, by = _name(rng, call)
        place, handed, traits = _place(rng, habits, call)
        file = _file(habits, place, named)
        if file.source in taken:
            file = replace(file, source=_numbered(file.source))
        if file.source in taken:
            continue
        files = (file, *_copies(rng, habits, place, file, call))
        taken |= {each.source for each in files}
        traits |= call.traits
        if len(files) > 1:
            traits |= {"copied" if files[0].shown == files[1].shown else "copied_renamed"}
        if one.entry is None and call.customer:
            traits |= {"row_forgotten"}
        made.append(
            Recording(
                sound=one.key,
                files=files,
                handed=handed,
                customer=call.customer.id if call.customer else None,
                line=keys.get(one.key),
                called=call.at,
                recorder=by,
                traits=frozenset(traits),
            )
        )
    return made


def _name(rng: Random, call: Call) -> tuple[Named, str]:
    habits = call.collector
    rung = Rung(
        contact=call.contact,
        number=call.number,
        at=call.at + timedelta(minutes=habits.drift),
        out=call.out,
        collector=habits.name,
        title=_title(call),
        hand=habits.hand,
    )
    if rng.random() < habits.renames:
        return by_hand(rung, rng), "renamed"
    return FORMS[habits.recorder][0](rung, rng), habits.recorder


def _title(call: Call) -> contacts.Contact:
    """What the collector calls the recording by hand: a shared number's contact may be another."""
    if call.customer is None:
        return call.contact or contacts.Contact("新录音", "full", ())
    if call.contact and call.contact.of == call.customer.id:
        return call.contact
    return contacts.plain(call.customer)


@dataclass(frozen=True, slots=True)
class _Place:
    day: date
    collector: str


def _place(rng: Random, habits: OfficeHabits, call: Call) -> tuple[_Place, date, set[str]]:
    """Whose folder of which day the file lies in, and when it was handed over."""
    day, collector = call.at.date(), call.collector.name
    chance = rng.random()
    slip = 0.003 + 0.015 * habits.mess
    others = [one for one in habits.days if one != day]
    if chance < slip and day + timedelta(days=1) in habits.days:
        late = day + timedelta(days=1)
        return _Place(late, collector), late, {"late"}
    if chance < 2 * slip and others:
        wrong = rng.choice(others)
        return _Place(wrong, collector), max(day, wrong), {"wrong_day"}
    if chance < 3 * slip:
        wrong_one = rng.choice(habits.collectors).name
        if wrong_one != collector:
            return _Place(day, wrong_one), day, {"wrong_collector"}
    return _Place(day, collector), day, set()


def _file(habits: OfficeHabits, place: _Place, named: Named) -> File:
    at = named.shown.at
    if at is not None and not named.dated:
        at = datetime.combine(place.day, at.time())
    shown = replace(
        named.shown,
        at=at,
        collector=place.collector if habits.tells_collector else named.shown.collector,
        day=place.day if habits.tells_day else None,
    )
    return File(habits.folder(place.day, place.collector) + named.name, shown)


def _numbered(source: str) -> str:
    stem, dot, ending = source.rpartition(".")
    return f"{stem}(1){dot}{ending}"


def _copies(
    rng: Random, habits: OfficeHabits, place: _Place, file: File, call: Call
) -> Sequence[File]:
    chance = rng.random()
    if chance > 0.005 + 0.02 * habits.mess:
        return ()
    stem, dot, ending = file.source.rpartition(".")
    if rng.random() < 0.6:
        mark = rng.choice(("(1)", " - 副本", " (2)", "_副本"))
        return (File(f"{stem}{mark}{dot}{ending}", file.shown),)
    title = _title(call)
    name = Named(
        f"{title.text}录音{rng.randrange(1000)}.{ending}", replace(file.shown, number=None, at=None)
    )
    shown = replace(name.shown, names=title.names, surname=title.surname, tail=title.tail)
    return (_file(habits, place, Named(name.name, shown)),)


# --- sheets --------------------------------------------------------------------------------------


def _sheets(
    rng: Random, habits: OfficeHabits, happened: Sequence[Happened]
) -> tuple[Sequence[SheetFile], Mapping[int, str]]:
    by_day: dict[date, list[Happened]] = defaultdict(list)
    for one in happened:
        if one.entry is not None:
            by_day[one.call.at.date()].append(one)
    keys: dict[int, str] = {}
    if habits.scope == "month":
        return _month(rng, habits, by_day, keys), keys
    made = []
    for day, written in by_day.items():
        if habits.scope == "office":
            chief = habits.collectors[0]
            source = _source(habits, day, None, chief.form)
            made.append(_sheet(rng, source, day, None, written, chief.form, keys))
            continue
        for collector in habits.collectors:
            mine = [one for one in written if one.call.collector == collector]
            if mine:
                source = _source(habits, day, collector, collector.form)
                made.append(_sheet(rng, source, day, collector, mine, collector.form, keys))
    return made, keys


def _source(
    habits: OfficeHabits, day: date, collector: CollectorHabits | None, form: SheetForm
) -> str:
    said = f"{day.month}.{day.day}"
    if collector is None:
        folder = f"{habits.day_style.format(day)}/" if habits.layout.startswith("day") else ""
        return f"{folder}{sheets.TITLE}{said}{form.suffix}"
    name = sheets.TITLE
    if not habits.tells_collector:
        name += f"（{collector.name}）"
    if not habits.tells_day:
        name += said
    return habits.folder(day, collector.name) + name + form.suffix


def _ordered(rng: Random, form: SheetForm, written: Sequence[Happened]) -> list[Happened]:
    ordered = list(written)
    if form.shuffled:
        rng.shuffle(ordered)
    if form.merged:
        first: dict[int, int] = {}
        for at, one in enumerate(ordered):
            first.setdefault(_entry(one).customer, at)
        ordered.sort(key=lambda one: first[_entry(one).customer])
    return ordered


def _entry(one: Happened) -> Entry:
    assert one.entry is not None  # only written calls come here
    return one.entry


def _sheet(
    rng: Random,
    source: str,
    day: date,
    collector: CollectorHabits | None,
    written: Sequence[Happened],
    form: SheetForm,
    keys: dict[int, str],
) -> SheetFile:
    ordered = _ordered(rng, form, written)
    context = sheets.Context(collector.name if collector else None, day)
    page = sheets.grid(form, context, [_entry(one) for one in ordered])
    tab = "Sheet1"
    content = workbooks.write(form.kind, [(tab, page)])
    if form.kind.startswith("csv"):
        tab = source.rpartition("/")[2].rpartition(".")[0]
    told = collector.name if collector else None  # file, folder or title tells it
    lines = _lines(source, tab, page.lines, ordered, form, told, keys)
    return SheetFile(source, content, day, lines)


def _month(
    rng: Random,
    habits: OfficeHabits,
    by_day: Mapping[date, Sequence[Happened]],
    keys: dict[int, str],
) -> Sequence[SheetFile]:
    """One workbook that gains a tab each day; text files have no tabs, so those become .xlsx."""
    form = habits.collectors[0].form
    if form.kind.startswith("csv"):
        form = replace(form, kind="xlsx")
    months = {(day.year, day.month) for day in by_day}
    made = []
    for year, month in sorted(months):
        source = f"{year}年{month}月{sheets.TITLE}{form.suffix}"
        tabs: list[tuple[str, sheets.Grid]] = []
        lines: list[Line] = []
        for day in sorted(one for one in by_day if (one.year, one.month) == (year, month)):
            ordered = _ordered(rng, form, by_day[day])
            page = sheets.grid(form, sheets.Context(None, day), [_entry(one) for one in ordered])
            tab = f"{day.month}月{day.day}日"
            tabs.append((tab, page))
            lines += _lines(source, tab, page.lines, ordered, form, None, keys)
            made.append(SheetFile(source, workbooks.write(form.kind, tabs), day, tuple(lines)))
    return made


def _lines(
    source: str,
    tab: str,
    places: Sequence[int],
    ordered: Sequence[Happened],
    form: SheetForm,
    collector: str | None,
    keys: dict[int, str],
) -> tuple[Line, ...]:
    made = []
    for place, one in zip(places, ordered, strict=True):
        said = _entry(one)
        key = f"{source}|{tab}|{place}"
        keys[one.key] = key
        remarked = (said.remarked,) if said.remarked else ()
        made.append(
            Line(
                key=key,
                day=said.day,
                name=said.name,
                numbers=said.numbers + remarked,
                at=said.at if sheets.tells_minute(form) else None,
                collector=said.collector if form.has("collector") else collector,
                reached=said.reached,
                customer=said.customer,
                traits=said.traits | ({"row_no_time"} if not sheets.tells_minute(form) else set()),
            )
        )
    return tuple(made)

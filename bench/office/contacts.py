"""How collectors save their customers in the phone, and how people read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from bench.office.people import Customer
from bench.office.slips import homophone, traditional

STYLES = {
    "full": 50,
    "note": 14,
    "machine": 9,
    "courtesy": 8,
    "tail": 5,
    "traditional": 2,
    "homophone": 4,
    "spaced": 3,
    "joined": 1,
    "place": 4,
}
"""How often a contact is saved in which way, in an office where people are careless."""
COURTESIES = ("老{0}", "{0}总", "{0}老板", "{0}师傅", "{0}哥", "小{0}", "{0}经理")
KIN = ("配偶", "老婆", "老公", "儿子", "弟弟", "司机", "担保人")
PERSONAL = (
    "妈妈 老婆 老公 爸 快递 外卖 10086 顺丰 物业 房东 中介小李 班主任 同学 老妈 大哥 二姨 宝贝 "
    "张姐 王哥 李主任 信贷部小刘"
).split()


@dataclass(frozen=True, slots=True)
class Contact:
    text: str
    style: str
    names: tuple[str, ...] = ()
    surname: str | None = None
    tail: str | None = None
    of: int | None = None
    """The customer it was saved for."""


def plain(customer: Customer) -> Contact:
    return Contact(customer.name, "full", (customer.name,))


def saved(rng: Random, customer: Customer, number: str, mess: float, other: str) -> Contact:
    """A contact for `number` of a customer; `other` is another customer's name."""
    return replace(_saved(rng, customer, number, mess, other), of=customer.id)


def _saved(rng: Random, customer: Customer, number: str, mess: float, other: str) -> Contact:
    if customer.short and rng.random() < 0.7:
        return Contact(customer.short, "short", (customer.short,))
    if number == customer.unlisted:
        return _relative(rng, customer)
    style = "full"
    if rng.random() < 0.15 + 0.6 * mess:
        style = rng.choices(list(STYLES), list(STYLES.values()))[0]
    return _styled(rng, customer, number, style, other)


def _relative(rng: Random, customer: Customer) -> Contact:
    """The phone of somebody who belongs to the customer."""
    kin = rng.choice(KIN)
    way = rng.randrange(4)
    if way == 0:
        return Contact(f"{customer.name}({kin})", "relative", (customer.name,))
    if way == 1:
        both = (customer.relative, customer.name)
        return Contact(f"{customer.relative}({customer.name}{kin})", "relative", both)
    if way == 2:
        return Contact(f"{customer.name}{kin}", "relative", (customer.name,))
    return Contact(customer.relative, "relative_alone", (customer.relative,))


def _styled(rng: Random, customer: Customer, number: str, style: str, other: str) -> Contact:
    name, surname = customer.name, customer.surname
    alone = (name,)
    if style == "note":
        note = rng.choice(
            ("逾期2期", "逾期3期", " 欠2万", "（本人）", " 机主", "-A类", "欠款", "12期")
        )
        return Contact(name + note, style, alone)
    if style == "machine":
        note = rng.choice((" 小松200", " 卡特320", "挖机", " 三一75", "装载机", " 徐工60"))
        return Contact(name + note, style, alone)
    if style == "place":
        note = rng.choice((" 邹城", " 兖州工地", "曲阜", "-汶上"))
        return Contact(name + note, style, alone)
    if style == "courtesy" and not customer.short and "·" not in name:
        return Contact(rng.choice(COURTESIES).format(surname), style, (), surname)
    if style == "tail":
        way = rng.choice(("{0}尾号{1}", "{0}{1}", "{0} {1}", "{0}(尾号{1})"))
        return Contact(way.format(name, number[-4:]), style, alone, tail=number[-4:])
    if style == "traditional" and traditional(name) != name:
        return Contact(traditional(name), style, alone)
    if style == "homophone" and (wrong := homophone(rng, name)):
        return Contact(wrong, style, (wrong,))
    if style == "spaced" and len(name) == 2:
        return Contact(f"{name[0]} {name[1]}", style, alone)
    if style == "joined":
        return Contact(f"{name}、{other}", style, (name, other))
    return Contact(name, "full", alone)

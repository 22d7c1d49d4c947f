"""Customers as a northern province has them: few surnames, fewer given names, families, firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench.office.slips import homophone

SURNAMES = dict(
    zip(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
        "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
        "龚邵万钱严覃武戴莫孔向汤",
        (
            [71, 70, 67, 51, 45, 31, 22, 20, 19, 19, 14, 14, 13, 12, 12, 11, 11, 11, 10, 10]
            + [9, 8, 8, 8, 7, 7, 7, 6, 6, 6, 6, 6, 6]
            + [5] * 7
            + [4] * 15
            + [3] * 23
            + [2] * 25
        )[:103],
        strict=False,
    )
) | {"欧阳": 1, "上官": 1, "诸葛": 1}
COMMON_GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 秀英 秀兰 桂英 桂兰 玉兰 "
    "玉梅 建国 建军 建华 国庆 国强 志强 志刚 志明 海燕 海涛 海军 丽华 丽娟 红梅 红军 春梅 "
    "春燕 晓东 晓明 文军 永强 永红 俊峰 俊杰 新民 卫东 卫国 小军 小红 金龙 金凤 立新 保国 "
    "庆华 洪波 洪涛 宝玉 德胜 长江"
).split()
CHARACTERS = (
    "国建志海文明华春红玉秀桂英兰军峰涛波辉强勇刚平庆新永成荣宝德福贵祥林森东立俊杰伟超鹏飞龙虎"
    "金银玲梅莲香芝娟芳敏静丽燕云霞艳洪宏鸿健忠学仁义礼智信安康宁泉江河山石磊晶鑫琳琪瑞祺浩"
)
RARE = "䶮喆堃犇淼頔赟鋆昇玥甡勍"
ETHNIC = (
    "阿卜杜拉·买买提 热合曼·吐尔逊 艾力·阿不都 古丽·卡德尔 买买提·依明 尼玛·扎西 "
    "阿依古丽·艾合买提 玉素甫·哈斯木"
).split()
PLACES = "济宁 泰安 临沂 枣庄 菏泽 德州 聊城 潍坊".split()
FIRMS = "恒通 宏远 鑫源 中泰 广厦 金石 顺达 华盛 永固 瑞丰 众诚 天成".split()
TRADES = "工程机械 建筑工程 土石方工程 路桥工程 矿业 建材".split()


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    name: str
    numbers: tuple[str, ...]
    """What the office knows, the usual one first."""
    unlisted: str
    """A relative's or driver's phone, or a new one, that no sheet lists."""
    relative: str
    """Who answers there; a full name."""
    short: str | None = None
    """What a firm is called for short."""

    @property
    def surname(self) -> str:
        return self.name[:2] if self.name[:2] in SURNAMES else self.name[0]


class Numbers:
    """Numbers of 154, which China gives nobody, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def new(self) -> str:
        if self._rng.random() < 0.03:
            return self._taken("0537" + str(self._rng.randrange(2_000_000, 8_999_999)))
        return self._taken(f"154{self._rng.randrange(10**8):08}")

    def beside(self, number: str) -> str:
        """The neighbouring number that a couple buys together."""
        last = (int(number[-1]) + 1) % 10
        near = number[:-1] + str(last)
        return self.new() if near in self._given else self._taken(near)

    def _taken(self, number: str) -> str:
        while number in self._given:
            number = f"154{self._rng.randrange(10**8):08}"
        self._given.add(number)
        return number


def person(rng: Random, surname: str | None = None) -> str:
    if surname is None:
        if rng.random() < 0.008:
            return rng.choice(ETHNIC)
        surname = rng.choices(list(SURNAMES), list(SURNAMES.values()))[0]
    if rng.random() < 0.4:
        return surname + rng.choice(COMMON_GIVEN)
    first, second = rng.choice(CHARACTERS), rng.choice(CHARACTERS)
    if rng.random() < 0.01:
        second = rng.choice(RARE)
    return surname + (second if rng.random() < 0.15 else first + second)


def firm(rng: Random) -> tuple[str, str]:
    """A firm's full and short name."""
    core = rng.choice(FIRMS) + rng.choice(TRADES)
    return f"{rng.choice(PLACES)}{rng.choice(['', '市'])}{core}有限公司", core


def customers(
    rng: Random, count: int, kin: float, village: str | None = None
) -> tuple[Customer, ...]:
    """So many customers; `kin` is the share of namesakes, siblings, couples and twin numbers.

    Where they are from one village, every third has its surname.
    """
    numbers = Numbers(rng)
    made: list[Customer] = []
    while len(made) < count:
        known = rng.choice(made) if made and rng.random() < kin else None
        surname = village if rng.random() < 1 / 3 else None
        id = len(made)
        made.append(_kin(rng, numbers, known, id) if known else _new(rng, numbers, id, surname))
    return tuple(made)


def _new(rng: Random, numbers: Numbers, id: int, surname: str | None = None) -> Customer:
    name, short = firm(rng) if rng.random() < 0.03 else (person(rng, surname), None)
    return _customer(rng, numbers, id, name, (), short)


def _kin(rng: Random, numbers: Numbers, of: Customer, id: int) -> Customer:
    kind = rng.choices(
        ("namesake", "sibling", "couple", "twin", "homophone"), (35, 25, 10, 15, 15)
    )[0]
    if of.short or "·" in of.name:
        return _new(rng, numbers, id)
    if kind == "namesake":
        return _customer(rng, numbers, id, of.name, ())
    if kind == "sibling" and len(of.name) == 3:
        return _customer(rng, numbers, id, of.name[:2] + rng.choice(CHARACTERS), ())
    if kind == "couple":
        return _customer(rng, numbers, id, person(rng), (of.numbers[0],))
    if kind == "twin":
        return _customer(rng, numbers, id, person(rng), (numbers.beside(of.numbers[0]),))
    return _customer(rng, numbers, id, homophone(rng, of.name) or of.name, ())


def _customer(
    rng: Random,
    numbers: Numbers,
    id: int,
    name: str,
    shared: Sequence[str],
    short: str | None = None,
) -> Customer:
    own = rng.choices((1, 2, 3), (75, 20, 5))[0]
    mine = [*shared, *(numbers.new() for _ in range(max(own - len(shared), 0)))]
    return Customer(id, name, tuple(mine), numbers.new(), person(rng), short)

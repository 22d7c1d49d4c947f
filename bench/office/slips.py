"""The slips of a hand: homophones, look-alike characters, wrong digits."""

from __future__ import annotations

from random import Random

HOMOPHONES = (
    "伟卫维玮 志智致 军君钧俊 建健见 红宏洪鸿虹 丽莉利立 芳方 明名铭 华桦 玉育裕 英瑛 平萍苹 "
    "晓小筱 峰锋丰枫 辉晖徽 燕艳彦 静敬靖 国果 文雯 玲灵铃 杰洁捷 荣蓉容 成诚程城 东冬 林琳霖 "
    "勇永咏 亮良 飞菲 新鑫欣馨 庆青清 海 涛韬 春纯 梅玫 娟涓 秀绣 兰岚 强 超 刚钢 福富 贵桂 祥翔 "
    "金今 银寅 波博 浩昊皓 宁凝 学雪 忠中钟 义毅艺 仁人 康 张章 王汪 李黎 刘柳 陈程 杨阳 吴武 徐许 "
    "肖萧 付傅 闫阎 于余俞 江姜 方房 石时 金靳 何贺 沈申 卢鲁 魏卫 云芸 香湘 晶京 磊雷 龙隆 宝保"
).split()
LOOKALIKES = (
    "己已 末未 晴睛 壮状 泰秦 候侯 戊戌 昊吴 晓晚 洋样 玉王 冰水 丹舟 佳桂 春舂 浩洁".split()
)
TRADITIONAL = dict(
    zip(
        "张刘陈杨赵吴孙马罗郑谢许韩冯邓蒋卢钟谭陆龚邵万钱严伟丽军华国庆强杰兰凤红东龙飞荣宝贵云静"
        "涛鹏辉刚卫义礼宁鸿银莲霞",
        "張劉陳楊趙吳孫馬羅鄭謝許韓馮鄧蔣盧鐘譚陸龔邵萬錢嚴偉麗軍華國慶強傑蘭鳳紅東龍飛榮寶貴雲靜"
        "濤鵬輝剛衛義禮寧鴻銀蓮霞",
        strict=True,
    )
)


def _swapped(rng: Random, name: str, groups: list[str]) -> str | None:
    places = [
        (at, other)
        for at, character in enumerate(name)
        for group in groups
        if character in group
        for other in group
        if other != character
    ]
    if not places:
        return None
    at, other = rng.choice(places)
    return name[:at] + other + name[at + 1 :]


def homophone(rng: Random, name: str) -> str | None:
    """The name as an input method offers it by mistake."""
    return _swapped(rng, name, HOMOPHONES)


def lookalike(rng: Random, name: str) -> str | None:
    return _swapped(rng, name, LOOKALIKES)


def traditional(name: str) -> str:
    return "".join(TRADITIONAL.get(character, character) for character in name)


def miscopied(rng: Random, number: str) -> tuple[str, str]:
    """A number with one slip, and the slip's kind."""
    kind = rng.choices(("digit", "transposed", "missing", "doubled"), (50, 25, 15, 10))[0]
    at = rng.randrange(3, len(number) - 1)
    if kind == "transposed" and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :], kind
    if kind == "missing":
        return number[:at] + number[at + 1 :], kind
    if kind == "doubled":
        return number[:at] + number[at] + number[at:], kind
    other = str((int(number[at]) + rng.randrange(1, 10)) % 10)
    return number[:at] + other + number[at + 1 :], "digit"

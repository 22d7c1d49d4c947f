"""What one slip of the hand makes of a name or a number."""

from __future__ import annotations

from itertools import combinations

SHORTEST_PART = 4
# Characters of names that are taken for each other in handwriting or a small type.
_LIKE = (
    "己已巳 未末 士土 日曰 今令 大太犬 王玉主 千干于 天夫 午牛 人入 目且 市布"
    " 白自 代伐 历厉 刀力 析折 侯候 晴睛 清请情 杨扬 汤场 枝技 梅海 福富 祥详"
    " 洋样 辛幸 宋宗 宣宜 春舂 徐除 陈阵 常堂 崔催 问间 闫闰 孟盂 季李 贾货"
    " 任仕 付什 史吏 昊吴旲 吕吉 昌冒 洪供 浩洁诰 淑叔 温湿 源原 炳柄 焕涣"
    " 玲铃冷 珍诊 瑞端 祖租 科料 竞竟 红江 纪记 钢刚纲 维难 良艮 荣茶"
    " 芬芳 连运 泰秦奏 壮状 戊戌戍 晓晚 冰水 丹舟 佳桂 柱拄 栋拣 元无 亢元"
    " 卞下 申中 石右 向问 牟牢 辛立 金全 佘余 阎闾 翟瞿 裴斐"
    " 解懈 戴载 楚梦 邢刑 邱邸 郝郗 凌陵 凤风 晨震 朋明"
    " 玥明 琪淇 琳淋 盈盆 睿春 磊垒 茂芪 莉荷 菊菌 萍苹 虹红 贵责 辉挥"
    " 雪雷 霞露 鸿鸣 胡湖 何河 朱未 庞宠 廖寥 谭潭 幕慕 苑苞"
    ""
)
_ALIKE = {
    frozenset(pair) for group in _LIKE.split() for pair in combinations(dict.fromkeys(group), 2)
}


def base(name: str) -> str:
    """A name without the bracket that tells it from a namesake's: 王伟(大桥镇)."""
    return name.partition("(")[0]


def is_part(short: str, name: str) -> bool:
    """Whether `short` may stand for a firm's long name."""
    return len(short) >= SHORTEST_PART and len(name) >= len(short) + 2 and short in name


def alike(one: str, other: str) -> bool:
    """One slip apart, and still two characters in common: 王伟 and 王芳 are merely two people, but
    秦刚 and 泰刚 may be one.
    """
    if max(len(one), len(other)) > 2:
        return one_slip(one, other)
    differing = [frozenset(pair) for pair in zip(one, other, strict=False) if len({*pair}) > 1]
    return len(one) == len(other) == 2 and len(differing) == 1 and differing[0] in _ALIKE


def one_slip(one: str, other: str) -> bool:
    """One character mistyped, left out, added, or swapped with its neighbour; not equal."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    first = next((i for i, letter in enumerate(one) if letter != other[i]), len(one))
    if len(one) < len(other):
        return one[first:] == other[first + 1 :]
    swapped = one[first : first + 2] == other[first : first + 2][::-1]
    return one[first + 1 :] == other[first + 1 :] or (
        swapped and one[first + 2 :] == other[first + 2 :]
    )


def shortened(text: str) -> set[str]:
    """The text and all that is left when one character is left out: texts one slip apart share
    one of these.
    """
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def in_the_middle(one: str, other: str) -> bool:
    """Whether two mobile numbers are one slip apart, after the network's digits and before the
    last two: so near by chance once in millions, and not as neighbours or made-up numbers are.
    """
    return one[:3] == other[:3] and one[-2:] == other[-2:] and one_slip(one, other)


def in_last_two(one: str, other: str) -> bool:
    """Whether numbers differ in their last digits alone, as neighbours' do.

    Where one lacks its last digit it may be any of ten.
    """
    if len(one) == len(other):
        return one[:-2] == other[:-2]
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter[:-1])

"""Names of people as contacts and sheets write them: the name, and what was noted beside it.

Collectors save `张三逾期2期`, `张三 小松200`, `张三(配偶)`, `老张`. A name is cut only where it
surely ends; otherwise the whole text stays the name, so that no half of a name stands for a person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from matcher.numbers import fold

LONGEST = 200
"""Characters; what is longer is no name, and is not taken apart: that costs by the square."""

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff〇\U00020000-\U000323af]"
# The common surnames; a rare one not listed here only means that a note stays with the name.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎雷龙段郝史陶贺毛顾龚邵"
    "万覃武钱戴严莫孔向常汤康易乔赖文庞樊兰殷施洪翟安颜倪温芦季俞章鲁葛伍毕聂丛焦齐庄邢左柳祝岳"
    "单霍耿梅路骆欧柴房詹关涂宁苗凌辛管尚裴解盛牛游甘柯成米曲卫植麦鲍费纪吉涂冉蒲古闵祁蓝党瞿"
    "屈饶娄苟符桂连卜车申冷时应穆褚喻宫宗项项滕景明谷巩芮储靳邬嵇郁荣诸全班仰巫仇栾刁钭厉戎"
    "束经幸司韶黎乐胥能苍双闻莘扈燕冀郏浦晏阳充慕茹习宦艾鱼容慎戈庾终暨居衡步都满弘匡国寇广禄阙"
    "沃利蔚越隆师晁勾敖融訾阚那简空毋沙养须丰巢相查荆红竺权逯盖桓公初来花邸佟佘佀亓卞战窦臧计伏"
    "成和平湛狄贝臧缪卓蔺屠池蒙籍晋楚迟矫逄仝隋綦付鞠邴藏亢晋滑尤戚强种展商揭展候位芶"
)
_COMPOUND = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|长孙|宇文|司徒|轩辕|令狐|夏侯|东郭|南宫|独孤|"
    "呼延|端木|公冶|申屠|太史|闻人|濮阳|淳于|单于|澹台|赫连|拓跋|百里|东野|西门|完颜|纳兰|第五"
)
_SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_PERSON = re.compile(
    f"(?:{_COMPOUND}){_HAN}{{1,2}}|(?!(?:{_COMPOUND})$)[{_SURNAMES}]{_HAN}{{1,2}}"
    f"|{_HAN}{{2,}}(?:·{_HAN}{{2,}})+"
)

_POLITE = "叔叔?|大叔|阿?姨|大?嫂"
_LONG_TITLES = (
    "老?总|总经理|经理|老板娘?|师[傅父]|主任|老师|先生|女士|小姐|"
    "队长|厂长|站长|会计|董事长|书记|村长|院长"
)
_NO_SURNAME = "老小大新前现原副正女男本某您你我他她"
_TITLED = re.compile(
    rf"(?P<before>[老小大])(?P<called>{_COMPOUND}|[{_SURNAMES[:150]}])"
    rf"|(?P<surname>{_SURNAME})(?P<after>{_LONG_TITLES}|大?哥|大?姐|工|队|老弟|兄弟|{_POLITE})"
    # `诚总` for 成总: before these a character that is no surname is one that was heard wrong.
    rf"|(?P<heard>(?![{_NO_SURNAME}]){_HAN})(?P<title>总|总经理|经理|老板|师[傅父])"
)

_SELF = "本人|机主|主贷人|借款人|承租人|客户本人"
_OTHERS = (
    "配偶|老婆|妻|老公|丈夫|夫人|夫妻|爱人|媳妇|对象|家属|家人|儿子|女儿|闺女|孩子|小孩|父|母|爸|妈|爹|"
    "爷爷|奶奶|姥|外公|外婆|哥哥|弟|姐姐|妹|嫂|叔|伯|舅|姑|姨|侄|外甥|女婿|儿媳|姐夫|岳|丈人|亲戚|亲属|"
    "亲友|朋友|同事|邻居|老乡|工友|担保|保证人|司机|机手|驾驶员|操作手|合伙|股东|会计|财务|文员|秘书|助理|"
    "老板娘|联系人|共同借款|共借|共债|代接|他人|别人"
)
_OTHERS_ENGLISH = (
    r"\b(?:wife|husband|spouse|father|mother|son|daughter|brother|sister|friend|driver|guarantor)\b"
)
_RELATIVE = re.compile(f"{_OTHERS}|[他她的][哥姐]|{_OTHERS_ENGLISH}", re.IGNORECASE)
_POLITE_ONLY = re.compile(_POLITE)

# Words that no name holds, so that the name ends before them even without a space. Words of two
# characters or more; `妻` and the like would cut real given names.
_MARKS = (
    "逾期|欠款|欠费|未还|已还|还款|承诺|失联|关机|停机|空号|换号|新号|旧号|老号|备用|挖掘?机|装载机|铲车|"
    "泵车|吊车|压路机|推土机|搅拌车|工地|黑名单|起诉|诉讼|法务|催收|结清|展期|"
    "配偶|老婆|妻子|老公|丈夫|夫人|爱人|媳妇|家属|儿子|女儿|闺女|父亲|母亲|爸爸|妈妈|哥哥|弟弟|姐姐|妹妹|"
    "嫂子|叔叔|舅舅|姑姑|岳父|岳母|女婿|儿媳|姐夫|妹夫|亲戚|朋友|同事|邻居|担保人?|保证人|司机|机手|"
    "驾驶员|操作手|合伙人|会计|财务|联系人|共借人|共同借款人|尾号|尾数|末四位|后四位|录音|"
    f"{_SELF}|客户|师傅|老板|经理|主任|老师|先生|女士|队长"
)
BRANDS = (  # of machines; alternatives of a pattern
    "小松|卡特|三一|徐工|柳工|临工|日立|神钢|斗山|现代|沃尔沃|山推|龙工|厦工|中联|雷沃|住友|加藤|久保田|"
    "凯斯|大宇|山重|山河|玉柴|力士德|犀牛"
)
# `张三他哥`, `张三的爸`: after 他 or 的 a relation is a relation, however short.
_MARK = re.compile(
    rf"(?:{_MARKS})|[他她的]+(?:{_OTHERS}|[哥姐])|(?:{BRANDS})(?=\s*[A-Za-z-]*\d)|\d+期"
    r"|[欠还](?=\d{3})"
)
_NOTED = re.compile(rf"{_MARKS}|{BRANDS}|{_OTHERS}|\d|{_OTHERS_ENGLISH}", re.IGNORECASE)
_COMPANY = re.compile(
    r"\S+(?:公司|集团|[工商]?厂|商行|商店|经营部|工程队|合作社|租赁站|搅拌站|项目部|服务部|车队|租赁|"
    r"矿业|煤矿|物流|机械|建材|建筑|工程|运输|劳务|\b(?:ltd|inc|co)\.?)",
    re.IGNORECASE,
)

# A closing bracket may be missing: phones cut long contacts.
_BRACKETED = re.compile(r"(.+?)\s*[(\[【〔「]\s*([^()\[\]【】〔〕「」]+?)\s*[)\]】〕」]?")
_BRACKET_FIRST = re.compile(r"[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]\s*(.+)")
_PARTS = re.compile(r"[\s,、/|:;+_~-]+")
_TAIL = re.compile(rf"((?:{_HAN}|·)+)([A-Za-z0-9#*].*)")
# No given name ends in these; `哥` could end one of two characters, so it takes a longer one.
_HONOURED = re.compile(rf"({_SURNAME}{_HAN}?[^他她的])([总姐])|({_SURNAME}{_HAN}[^他她的])(大?哥)")
_LED = re.compile(
    rf"([大老新]?客户|逾期|欠款|法务|挖掘?机|装载机|铲车|泵车|吊车|压路机|司机|{BRANDS})({_HAN}.+)"
)
_WHOSE_PHONE = re.compile("的?[他她]?的?$")
_OF_THEIRS = re.compile("^[他她的]+(?=..)")
_SORT_PREFIX = re.compile(rf"([A-Za-z0-9]{{1,4}})({_HAN}.*)")
_HAS_HAN = re.compile(_HAN)
_SPREAD = re.compile(f"{_HAN}(?: {_HAN} {_HAN}| {_HAN}{{1,2}}?)(?= |$|{_MARKS})")


@dataclass(frozen=True, slots=True)
class Contact:
    """A saved contact taken apart."""

    name: str | None
    note: str | None
    surname: str | None = None
    """Set, with `name` None, where the contact tells the surname alone: `老张`, `张总`."""


def parse_contact(text: str) -> Contact:
    """Name and note of a saved contact; the whole text as the name where its end is unsure."""
    rest = _closed_up(" ".join(fold(text).split()))
    notes: list[str] = []
    while len(rest) <= LONGEST and (cut := _cut(rest)):
        rest, note = _closed_up(cut[0]), cut[1]
        notes.insert(0, note)
    if titled := _TITLED.fullmatch(rest):
        title = titled["before"] or titled["after"] or titled["title"]
        note = " ".join([title, *notes])
        return Contact(None, note, titled["called"] or titled["surname"] or titled["heard"])
    return Contact(rest or None, " ".join(notes) or None)


def _closed_up(text: str) -> str:
    """`张 三` as 张三."""
    if (spread := _SPREAD.match(text)) and _stands(joined := spread[0].replace(" ", "")):
        return joined + text[spread.end() :]
    return text


def _cut(text: str) -> tuple[str, str] | None:
    """One note cut off: (what is left, the note), or None."""
    if _TITLED.fullmatch(text):
        return None
    if (honoured := _HONOURED.fullmatch(text)) and not _NOTED.search(text):
        return (honoured[1] or honoured[3]), (honoured[2] or honoured[4])
    if is_person(text) and not ("·" in text and _MARK.search(text)):
        return None
    if not _HAS_HAN.search(text):
        return _cut_bracket(text)
    for way in (_cut_bracket, _cut_parts, _cut_mark, _cut_tail):
        if cut := way(text):
            return cut
    return None


def _cut_bracket(text: str) -> tuple[str, str] | None:
    if (found := _BRACKETED.fullmatch(text)) and (_NOTED.search(found[2]) or _stands(found[1])):
        return found[1], found[2]
    if (found := _BRACKET_FIRST.fullmatch(text)) and (
        _NOTED.search(found[1]) or is_person(found[2])
    ):
        return found[2], found[1]
    return None


def _cut_parts(text: str) -> tuple[str, str] | None:
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) < 2:
        return None
    first, last = parts[0], parts[-1]
    if _stands(first) and not any(is_person(part) for part in parts[1:]):
        return first, " ".join(parts[1:])
    if is_person(last) and all(_NOTED.search(part) for part in parts[:-1]):
        return last, " ".join(parts[:-1])
    return None


def _cut_mark(text: str) -> tuple[str, str] | None:
    if _COMPANY.fullmatch(text):
        return None
    for found in _MARK.finditer(text):
        head = _WHOSE_PHONE.sub("", text[: found.start()].rstrip(" -"))
        if _stands(head) or _COMPANY.fullmatch(head):
            return head, _OF_THEIRS.sub("", text[found.start() :])
    return None


def _cut_tail(text: str) -> tuple[str, str] | None:
    if (found := _TAIL.fullmatch(text)) and _stands(found[1]):
        return found[1], found[2]
    for leading in (_LED, _SORT_PREFIX):  # `挖机张三`, `A张三`
        if (found := leading.fullmatch(text)) and _names_one(found[2]):
            return found[2], found[1]
    return None


def is_person(text: str) -> bool:
    """Whether `text` has the shape of a Chinese person's full name."""
    return bool(_PERSON.fullmatch(text)) and not _NOTED.fullmatch(text)


def is_firm(text: str) -> bool:
    """Whether `text` has the shape of a firm's name."""
    return bool(_COMPANY.fullmatch(text))


def begins_note(text: str) -> bool:
    """Whether a word stands first that people note after a name: 配偶, 挖机, 逾期."""
    return bool(_NOTED.match(text))


def is_noted(text: str) -> bool:
    """Whether such a word is among others."""
    return bool(_NOTED.search(text))


def _stands(head: str) -> bool:
    """Whether a name surely ends here: a person's, a titled surname or a company."""
    return bool(is_person(head) or _TITLED.fullmatch(head) or _COMPANY.fullmatch(head))


def _names_one(text: str) -> bool:
    return _stands(text) or _cut_mark(text) is not None


def relative(note: str | None) -> bool:
    """Whether the note says that this is another person's phone: a relative's, a driver's."""
    return bool(note and _RELATIVE.search(note) and not _POLITE_ONLY.fullmatch(note))


_DOTS = re.compile(f"[·•‧∙・･]|(?<={_HAN})\\.(?={_HAN})")
_NOT_SEEN = re.compile(r"[\s\u3164]+")
_WHOSE = re.compile(
    rf"(?P<name>.{{2,}}?)(?:[(\[【〔](?:{_SELF}|的?(?:[他她]的?)?(?:{_OTHERS})\S{{0,2}})[)\]】〕]"
    r"|-?(?:本人|机主|主贷人))"
)


@lru_cache(1 << 14)
def canonical(text: str) -> str:
    """The form in which two spellings of one name are equal.

    Width, case, spaces, invisible marks and dots are levelled; `(本人)`, `（机主）`, `(配偶)` and a
    trailing `机主` are cut. Other brackets stay: they tell two customers of one name apart.
    """
    # Levelled before and after: some letters have a small form only once they are levelled.
    folded = fold(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))
    # Composed once more: a mark may have stood on a space.
    name = unicodedata.normalize("NFKC", _DOTS.sub("·", _NOT_SEEN.sub("", folded)))
    while len(name) <= LONGEST and (whose := _WHOSE.fullmatch(name)):
        name = whose["name"]
    return name

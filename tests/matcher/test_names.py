import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matcher.names import Contact, canonical, is_person, parse_contact, relative


@pytest.mark.parametrize(
    ("text", "name", "note"),
    [
        ("张三", "张三", None),
        (" 张三\u200b ", "张三", None),
        ("张三逾期2期", "张三", "逾期2期"),
        ("张三 小松200", "张三", "小松200"),
        ("张三小松200", "张三", "小松200"),
        ("张三-逾期", "张三", "逾期"),
        ("张三(配偶)", "张三", "配偶"),
        ("张三（配偶）", "张三", "配偶"),
        ("张三(小松", "张三", "小松"),
        ("䶮三(配偶)", "䶮三", "配偶"),
        ("张三老婆", "张三", "老婆"),
        ("张三的老婆", "张三", "老婆"),
        ("张三 逾期2期(小松200)", "张三", "逾期2期 小松200"),
        ("王建国担保人", "王建国", "担保人"),
        ("张建国挖机", "张建国", "挖机"),
        ("张三师傅", "张三", "师傅"),
        ("张三2", "张三", "2"),
        ("张三(2)", "张三", "2"),
        ("王五-2", "王五", "2"),
        ("A张三", "张三", "A"),
        ("A张三逾期2期", "张三", "逾期2期 A"),
        ("逾期 张三", "张三", "逾期"),
        ("小松200 张三", "张三", "小松200"),
        ("司机 张三", "张三", "司机"),
        ("【逾期】张三", "张三", "逾期"),
        ("张 三", "张三", None),
        ("张 三 逾期", "张三", "逾期"),
        ("李 敏录音767", "李敏", "录音767"),
        ("张 建 国", "张建国", None),
        ("张三 济南宏达机械有限公司", "张三", "济南宏达机械有限公司"),
        ("山东宏达机械有限公司逾期2期", "山东宏达机械有限公司", "逾期2期"),
        ("山东宏达机械有限公司(张三)", "山东宏达机械有限公司", "张三"),
        ("欧阳锋逾期", "欧阳锋", "逾期"),
        ("买买提·艾力逾期2期", "买买提·艾力", "逾期2期"),
    ],
)
def test_notes_are_cut_from_names(text: str, name: str, note: str | None) -> None:
    assert parse_contact(text) == Contact(name, note)


@pytest.mark.parametrize(
    "text",
    [
        "欧阳娜娜",
        "司马相如",
        "欧阳",
        "王小松",
        "王小妹",
        "张三三",
        "常汉杰",
        "买买提·艾力",
        "迪丽热巴·迪力木拉提",
        "山东宏达机械有限公司",
        "山东宏达(集团)有限公司",
        "金牛担保有限公司",
        "张三担保公司",
        "聚思鸿interview_schedule",
        "Zinhle Phungula",
        "Anne-Marie O'Neill",
        "Papa",
        "Mum (Home)",
        "小松",
        "小松200",
        "逾期2期",
        # Where the name ends is anybody's guess.
        "张三 李四",
        "张三/李四",
        "临沂张三",
        "张三的",
    ],
)
def test_what_may_be_a_whole_name_stays_whole(text: str) -> None:
    assert parse_contact(text) == Contact(text, None)


@pytest.mark.parametrize(
    ("text", "surname", "note"),
    [
        ("老张", "张", "老"),
        ("小张", "张", "小"),
        ("张总", "张", "总"),
        ("张 总", "张", "总"),
        ("张师傅", "张", "师傅"),
        ("张老板", "张", "老板"),
        ("张哥", "张", "哥"),
        ("张姐", "张", "姐"),
        ("张经理", "张", "经理"),
        ("欧阳总", "欧阳", "总"),
        ("老欧阳", "欧阳", "老"),
        ("张总逾期2期", "张", "总 逾期2期"),
        ("老张 小松200", "张", "老 小松200"),
        ("张总(小松)", "张", "总 小松"),
        ("诚老板", "诚", "老板"),
        ("奏总逾期2期", "奏", "总 逾期2期"),
    ],
)
def test_a_title_tells_the_surname_alone(text: str, surname: str, note: str) -> None:
    assert parse_contact(text) == Contact(None, note, surname)


@pytest.mark.parametrize("text", ["大老板", "某总", "副经理", "我师傅"])
def test_before_a_title_not_everything_is_a_surname(text: str) -> None:
    assert parse_contact(text).surname is None


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_nothing_says_nothing(text: str) -> None:
    assert parse_contact(text) == Contact(None, None)


@settings(max_examples=200, deadline=None)
@example("阳 三(0")
@given(st.text(alphabet="张三李欧阳四总老板·逾期2A (（)）-_妻小松200", max_size=12))
def test_a_name_is_never_changed_only_cut(text: str) -> None:
    contact = parse_contact(text)
    if contact.name is not None:
        assert contact.name.replace(" ", "") in canonical_spaces(text)
        assert parse_contact(contact.name).name in (contact.name, None)


def canonical_spaces(text: str) -> str:
    return text.replace("（", "(").replace("）", ")").replace(" ", "")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张三", "张 三"),
        ("张三", "张\u3000三\u200b"),
        ("张三", "张三(本人)"),
        ("张三", "张三（机主）"),
        ("张三", "张三 机主"),
        ("张三", "张三（配偶）"),
        ("张三", "张三[他老婆]"),
        ("买买提·艾力", "买买提•艾力"),
        ("买买提·艾力", "买买提．艾力"),
        ("买买提·艾力", "买买提.艾力"),
        ("Zinhle Phungula", "ＺＩＮＨＬＥ phungula"),
        ("山东宏达（集团）有限公司", "山东宏达(集团)有限公司"),
    ],
)
def test_spellings_of_one_name_are_equal(a: str, b: str) -> None:
    assert canonical(a) == canonical(b)


@pytest.mark.parametrize(
    ("a", "b"), [("张三", "张三(2)"), ("张三", "张三(大)"), ("张三", "李四"), ("机主", "")]
)
def test_different_names_stay_different(a: str, b: str) -> None:
    assert canonical(a) != canonical(b)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_the_canonical_form_is_stable(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    "note", ["配偶", "老婆", "妻", "老公", "丈夫", "儿子", "父", "他母亲", "担保人", "司机", "wife"]
)
def test_another_persons_phone(note: str) -> None:
    assert relative(note)


@pytest.mark.parametrize(
    "note", [None, "", "逾期2期", "小松200", "总", "师傅", "本人", "机主", "2", "叔", "嫂", "哥"]
)
def test_the_customers_own_phone(note: str | None) -> None:
    assert not relative(note)


def test_the_shape_of_a_persons_name() -> None:
    assert is_person("张三")
    assert is_person("欧阳娜娜")
    assert is_person("买买提·艾力")
    assert not any(map(is_person, ["录音", "司机", "欧阳", "Papa", "张", "山东宏达"]))


@pytest.mark.parametrize(
    ("text", "name", "note"),
    [
        ("朱平总", "朱平", "总"),
        ("孙鹏红总", "孙鹏红", "总"),
        ("李建国哥", "李建国", "哥"),
        ("客户张三", "张三", "客户"),
        ("张三客户", "张三", "客户"),
        ("挖机张三", "张三", "挖机"),
        ("张三他媳妇", "张三", "媳妇"),
    ],
)
def test_a_courtesy_or_a_trade_beside_a_full_name_is_a_note(
    text: str, name: str, note: str
) -> None:
    assert parse_contact(text) == Contact(name, note)


def test_a_courtesy_that_could_be_part_of_a_name_stays() -> None:
    assert parse_contact("李明哥") == Contact("李明哥", None)
    assert parse_contact("王小姐") == Contact(None, "小姐", "王")


def test_what_is_too_long_for_a_name_is_not_taken_apart() -> None:
    """It would take minutes."""
    for endless in ("张三" + "(机主)" * 30_000, "1期" * 30_000 + "张三"):
        assert parse_contact(endless) == Contact(endless, None)
        assert canonical(endless) == endless
    assert parse_contact("张三" + "(机主)" * 40).name == "张三"

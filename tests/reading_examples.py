"""The examples of docs/reading.md: what each reader is shown, never what it says of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingest.workbook import Cell

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
"""The day of the hand-off in every example, a Monday."""

RECORDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "miui": (
        "`通话录音@NAME(PHONE)_T14`, in any language; `NAME(PHONE)_T14`",
        (
            "通话录音@176 8831 4515(17688314515)_20180814153840.mp3",
            "通话录音@聚思鸿interview_schedule(041139050508)_20180129140127.mp3",
            "常汉杰(15967387860)_20230714151024.mp3",
            "通话录音@张三逾期2期(008613800138000p8001)_20230714151024.mp3",
            "通话录音@张)_三(13800138000_20230714151024.mp3",
            "通话录音@张三(13800138000)_李四(13900139000)_20230714151024.mp3",
            "Call Recording@张三(0085261234567)_20230714151024.mp3",
        ),
    ),
    "huawei": (
        "`(NAME@)PHONE_T14`",
        ("138 2360 5460_20220421143025", "老张@13823605460_20220421143025.m4a"),
    ),
    "coloros": (
        "`NAME-yyMMddHHmm`",
        ("Papa-2512232146.mp3", "13800138000-2512232146.amr"),
    ),
    "vivo": (
        "`PHONE-or-NAME yyyy-MM-dd HH-mm-ss`",
        ("19145520861 2019-05-16 10-06-40.amr", "张三 2019-05-16 10-06-40.m4a"),
    ),
    "samsung": (
        "`(prefix )NAME-or-PHONE_yyMMdd_HHmmss`, the prefix in many languages",
        (
            "Call recording +15551234567_200605_114902.m4a",
            "통화 녹음 홍길동_261002_174946.m4a",
            "通话录音 张三_261002_174946.m4a",
        ),
    ),
    "lenovo": (
        "`PHONE-or-NAME_通话_MM月dd日_HH点mm分`",
        ("19145520861_通话_05月13日_15点26分.amr",),
    ),
    "lg": (
        "`[01]dT14pPHONE-or-null`",
        ("0d20151122141548p+74993464260.3gp", "1d20151122141548pnull.3gp"),
    ),
    "lineageos": ("`PHONE-or-NAME_yyMMdd_HHmmssSSS`", ("+48123456789_240506_225406577.amr",)),
    "grapheneos": (
        "`CallRecord_yyyyMMdd-HHmmss_PHONE-or-NAME`",
        ("CallRecord_20240506-225406_13800138000.m4a",),
    ),
    "bcr": (
        "`yyyyMMdd_HHmmss(.f)±HHMM(_in|_out|_conference)(_simN)(_PHONE,PHONE…)(_NAME)`",
        (
            "20230414_215701.088+0800_out_sim1_13800138000_张三.oga",
            "20230414_215701-0330_conference_13800138000,13900139000.m4a",
        ),
    ),
    "cube_acr": (
        "`yyyy-MM-dd HH-mm-ss (phone) NAME (PHONE) ↗ or ↙`",
        (
            "2025-10-03 16-32-29 (phone) Contact Name (+61 403 692 612) ↗.m4a",
            "2025-10-03 16-32-29 (whatsapp) 张三 ↙.m4a",
        ),
    ),
    "axet": (
        "`yyyyMMddTHHmmss ↑ PHONE (NAME)`, `yyyy-MM-dd HH.mm.ss ↓ PHONE`",
        ("20200101T010101 ↑ +33611111111 (Mum).ogg", "2018-02-20 20.32.15 ↓ 13800138000.ogg"),
    ),
    "true_phone": (
        "`NAME (PHONE TYPE) yyyy-MM-dd_HHmmss_in, _inc or _out`",
        ("张三 (13800138000 Mobile) 2020-01-01_010101_inc.mp3",),
    ),
    "freepbx": (
        "`KIND-TO-BY-yyyyMMdd-HHmmss-EPOCH.SEQ`; the epoch tells the exchange's time zone",
        (
            "out-913800138000-200-20200222-161829-1582406309.760.wav",
            "external-201-13800138000-20260223-051829-1771795100.760.WAV",
            "q-600-13800138000-20260223-051829-1771795100.760.gsm",
            "internal-201-202-20260223-051829-1771795100.760.wav",
        ),
    ),
    "3cx": (
        "`[NAME]_CALLING-CALLED_T14(ID)`",
        (
            "[Zinhle Phungula]_201-0114627554_20190219120918(380).wav",
            "[张三]_13800138000-100_20190211124743(3).wav",
        ),
    ),
    "vicidial": (
        "`yyyyMMdd-HHmmss_PHONE(_CAMPAIGN)(_AGENT)-all`",
        (
            "20230410-153000_13800138000-all.mp3",
            "20230410-153000_13800138000_OVERDUE_agent7-all.mp3",
        ),
    ),
    "cincc": (
        "`NNNNA<PHONE>C<T14>…S<T17>…`",
        ("9000A13522085163C20200317184432AC11S20200317184432155.mp3",),
    ),
    "wechat": (
        "`msg_….amr`, `….aud.silk`: nothing in the name",
        ("msg_481216102523ddf3c3a3b9102.amr", "4f3a1b2c9d138123456.aud.silk"),
    ),
    "voice_memo": (
        "`TITLE M月d日 上午 or 下午h点mm分`",
        ("问众智能 2月22日 上午11点46分.mp3", "新录音 2月22日 下午3点05分.mp3"),
    ),
    "uuid": (
        "`<uuid>.wav`: nothing in the name",
        ("4f3a1b2c-13ab-4c5d-8e9f-a13812345678.wav",),
    ),
}
"""Each recorder's forms of names, and real names of its files. T14 is `yyyyMMddHHmmss`."""

ANY_NAME = (
    "20261116_093015_13800138000_张三.wav",
    "录音 张三(0531-87654321) 2026年11月16日 9点30分.m4a",
    "11.16 张三 下午3点05分.mp3",
    "张三逾期2期 +8613800138000.mp3",
    "李四呼出 0086 138 0013 8000.amr",
    "张三 16.11.2026 3.05 PM.mp3",
    "张三承诺11.20还款 11.16.mp3",
    "张三 138xxxx8000.mp3",
    "张三 1702140000.mp3",
    "张三.mp3",
)
COPIES = ("张三 (1).mp3", "张三 - 副本.mp3", "副本 张三.mp3", "张三 - Copy (2).mp3")
CONTACTS = ("张三逾期2期", "张三 小松200", "老张", "张总", "张三(配偶)", "A张三挖机", "欧阳娜娜")
FOLDERS = (
    "2026-11-16/王芳/x.mp3",
    "王芳/2026.11.16/x.mp3",
    "信贷部/王芳11月16日/x.mp3",
    "11.16/苏州/华为/王芳/x.mp3",
    "2026年11月/16日/李娜的录音/x.mp3",
    "1116/Wang Fang/x.mp3",
    "11.16/王芳、李雷/x.mp3",
    "录音/今日/x.mp3",
)

OWN_PATTERN = (
    r"(?P<direction>呼出|呼入)_(?P<contact>[^_]+)_(?P<number>\d+)_(?P<date>\d{8})_(?P<time>\d{4})"
)
"""An office's own; the page shows it as a setting, and a test reads it from there."""
OWN_NAMES = ("呼出_张三_13800138000_20261116_0930.mp3", "呼入_李四_053187654321_20261116_1505.wav")

COMPOSED_HEADERS = (
    "客户\n姓名", "联系 方式（必填）", "联系电话2", "是否有效接通", "客户承诺的存款日期",
    "日工作小时数", "车辆目前位置", "客户逾期的原因", "还款资金的来源",
    "催收员电话", "合同编号", "应还款日期",
)  # fmt: skip
NUMBERS = (
    "13800138000", "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００",
    "13800138000/0531-87654321", "13800138000、13900139000", "0531 8765 4321 转 801",
)  # fmt: skip
DAYS: tuple[Cell, ...] = (
    date(2026, 11, 5), 46331, 20261105, 11.16, 5, "2026.11.5", "2026/11/5", "2026-11-05",
    "2026年11月5日", "26.11.5", "11月5日", "11.5", "11/5", "5日", "十一月五日",
    "11月5日（周四）", "5日上午9点", "下月5号",
)  # fmt: skip
NO_DAYS: tuple[Cell, ...] = (11.1, "20-25日", "11/5/26", "2026年11月", "11月31日", "改天")
TIMES: tuple[Cell, ...] = (
    time(9, 5), datetime(2026, 11, 5, 9, 5, 30), 0.378472222222222, "9:05", "09:05:30",  # noqa: DTZ001
    "9点05分", "上午9点半", "下午3点", "3:20 PM", "23日下午3点", "2026/11/5 9:05", "9:05-9:12",
)  # fmt: skip
NO_TIMES: tuple[Cell, ...] = ("9.30", "25:00", "上午15点", "晚上12点", "上午")
DURATIONS: tuple[Cell, ...] = (
    time(0, 3, 20), time(3, 20), timedelta(minutes=3, seconds=20), 0.00231481481481481, 200, 0,
    "3分20秒", "3分", "3'20\"", "1小时2分3秒", "200秒", "200", "00:03:20", "3:20",
)  # fmt: skip
NO_DURATIONS: tuple[Cell, ...] = (3, 3.2, "3.20", "很久", "3-5分钟")
PROMISES: tuple[Cell, ...] = (
    date(2026, 11, 20), 20, "11月20日", "20号前", "20日左右", "20号存5000", "明天", "大后天",
    "月底", "下月5号", "下周一", "周五", "10号",
)  # fmt: skip
NO_PROMISES: tuple[Cell, ...] = ("尽快", "月中", "三天内", "20-25日", "20号或25号", "15号")
OUTCOMES = (
    "已接通", "接通", "已联系上", "本人接听", "承诺还款", "未接通", "未接", "无人接听", "关机",
    "停机", "空号", "拒接", "占线", "不在服务区", "设备已停机，本人接听", "通过微信沟通",
)  # fmt: skip
SHEET_NAMES = (
    "王芳11.16电话催收客户信息记录表.xlsx",
    "信贷部2026年11月16日催收记录.xls",
    "11月催收记录.xlsx",
)
TAB_NAMES = ("11月16日", "11.16", "11.16王芳", "1116", "16", "16日 (2)", "王芳", "Sheet1")
TITLES = (
    "部门：信贷部  催收员：王芳  日期：2026年11月16日",
    "法规部电话催收记录表（2026年11月16日）",
    "催收员：王芳  制表日期：2026年11月17日",
)

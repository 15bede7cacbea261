"""What a verification found, in Chinese; storage speaks English."""

from __future__ import annotations

import re

from engine.errors import Text

PHRASES = (
    (r"^stream (\d+)", r"流 \1"),
    (r"^refusal (\d+)", r"拒绝记录 \1"),
    (r"^head (\d+)", r"签名头 \1"),
    (r"^version ([0-9a-f]+…)", r"程序版本 \1"),
    (r"^procedure ([^:]+)", r"程序 \1"),
    (r": entry (\d+)", r" 第 \1 条"),
    (r": large value (\S+)", r" 大值 \1"),
    (r": personal value (\S+)", r":个人信息 \1"),
    (r" was changed after it was sealed", " 在封存之后被改动"),
    (r" was deleted after it was sealed", " 在封存之后被删除"),
    (r" was deleted before it was sealed", " 在封存之前被删除"),
    (r" was changed or deleted", " 被改动或删除"),
    (r" was changed", " 被改动"),
    (r" is missing, and not by erasure", " 缺失,且不是依规删除"),
    (r" is neither sealed nor waiting for it", " 既未封存也不在待封存之列"),
    (r": expected entry (\d+), but found (\d+)", r":应为第 \1 条,但为第 \2 条"),
    (r": expected entry 1, but it has none", ":应有第 1 条,但一条也没有"),
    (r": ends at entry (\d+), not where its head says", r":止于第 \1 条,与其末端记载不符"),
    (r": its command id is not kept, so the command could be done again", ":命令编号未保留,该命令可能被重做"),
    (r": its files were changed", ":文件被改动"),
    (r": its stream says another version is in force", ":其流记载生效的是另一版本"),
    (r" does not fit what it seals", " 与所封存的内容不符"),
    (r" does not fit its signature", " 的签名不符"),
    (r" was signed with a key that is not trusted, ", " 的签名密钥不在信任之列:"),
    (
        r"^(\d+) positions stand behind the last head: a head was deleted",
        r"末个签名头之后还有 \1 个位置:有签名头被删除",
    ),
    (
        r"^the head kept elsewhere, (\S+), is not here: heads were cut off or replaced",
        r"另存的头 \1 不在此处:签名头被截去或替换",
    ),
    (r"^(\d+) more: each ", r"另有 \1 处:均"),
    (r" cannot be read: ", " 无法读取:"),
    (r" is refused now: ", " 现在被拒绝:"),
    (r" the window differs", " 的窗口不同"),
    (r"made by release ", "由发行版形成:"),
    (r": from entry (\d+) on: ", r":从第 \1 条起:"),
)


def told(finding: str) -> Text:
    """A finding in both languages."""
    chinese = finding
    for pattern, said in PHRASES:
        chinese = re.sub(pattern, said, chinese)
    return Text(chinese, finding)

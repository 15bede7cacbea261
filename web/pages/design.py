"""How the product looks: its sign, and its design tokens and shared parts on one page for whoever builds pages."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from web.access import anybody, signed_in
from web.translation import lazy

pages = Blueprint("design", __name__)

COLOURS = (
    (
        lazy("面与线"),
        (
            ("ground", lazy("页面的底")),
            ("surface", lazy("卡片和输入框")),
            ("raised", lazy("菜单和对话框")),
            ("hover", lazy("指着的一行")),
            ("line", lazy("分隔线")),
            ("line-strong", lazy("输入框的边")),
        ),
    ),
    (lazy("文字"), (("ink", lazy("正文")), ("ink-soft", lazy("次要的说明")))),
    (
        lazy("强调色"),
        (
            ("accent", lazy("主要按钮和链接")),
            ("accent-strong", lazy("指着时、选中的字")),
            ("accent-soft", lazy("选中的底")),
            ("on-accent", lazy("强调色上的字")),
        ),
    ),
)
STATES = (
    ("late", lazy("逾期、出错")),
    ("soon", lazy("快到期、请注意")),
    ("good", lazy("完成、正常")),
    ("note", lazy("说明、等待")),
    ("calm", lazy("没有状态")),
)
"""Each a colour of letters on a soft one of its own."""

SIZES = (
    ("xl", lazy("页面的标题")),
    ("l", lazy("卡片的标题")),
    ("m", lazy("正文")),
    ("s", lazy("次要的说明")),
    ("xs", lazy("徽标和表头")),
)
SPACES, CORNERS = (1, 2, 3, 4, 5, 6), ("s", "m", "l")


@pages.get("/design")
@signed_in
def tokens() -> str:
    """The tokens and parts."""
    shown = {"colours": COLOURS, "states": STATES, "sizes": SIZES, "spaces": SPACES, "corners": CORNERS}
    return render_template("design/tokens.html", **shown)


@pages.get("/logo.svg")
@anybody
def logo() -> Response:
    """Our sign in a coloured field, for tabs of browsers."""
    response = Response(render_template("design/logo.svg"), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response

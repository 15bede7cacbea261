"""Every way a page fails, as a status and sentences a person can act on: one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, Response, g, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.errors import Reason, Refused
from storage.files import FilesAway
from web.bounds import TooManyFields
from web.forms import shown
from web.logs import log
from web.texts import said
from web.translation import _, lazy

STATUSES = {
    Reason.NOT_FOUND: 404,
    Reason.NOT_ALLOWED: 403,
    Reason.SEPARATION_OF_DUTIES: 403,
    Reason.NOT_PROVEN: 403,
    Reason.WRONG_STATE: 409,
    Reason.INVALID_DATA: 422,
    Reason.INVALID_MODEL: 422,
    Reason.BUDGET: 422,
}
"""What a refusal of the engine is in HTTP."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a page says when it cannot do what was asked: what it is, and what can be done."""

    title: str
    text: str
    icon: str = "info-circle"


FAILURES = {
    400: Failure(
        lazy("这个请求没有被接受"),
        lazy("页面可能打开得太久了,或者请求不是从本系统的页面发出的。请刷新页面后再试一次。"),
        "arrow-clockwise",
    ),
    401: Failure(
        lazy("登录已过期"), lazy("请在新的标签页里重新登录,再回到这里继续;页面上已填写的内容不会丢失。"), "lock"
    ),
    403: Failure(
        lazy("您不能查看或办理这一项"),
        lazy("您的角色没有这项权限。如果工作需要,请联系系统管理员为您授予相应的角色。"),
        "shield-lock",
    ),
    404: Failure(
        lazy("没有找到这个页面"),
        lazy("它可能已经办完、被移走,或者不在您的权限范围内。请检查地址,或从首页重新进入。"),
        "search",
    ),
    405: Failure(lazy("这个请求没有被接受"), lazy("这个地址不接受这样的操作。请从页面上的按钮进入。")),
    409: Failure(
        lazy("别人先了一步"),
        lazy("在您操作之前,这一项已经变了。请刷新页面查看现在的状态,再决定是否继续。"),
        "people-fill",
    ),
    413: Failure(
        lazy("提交的内容太大"),
        lazy("请减小文件或分几次提交;没有任何内容被部分保存。"),
        "box-arrow-in-down",
    ),
    422: Failure(
        lazy("内容需要更正"), lazy("有内容不符合要求。请返回上一页,按提示更正后再提交。"), "exclamation-circle"
    ),
    429: Failure(lazy("尝试次数太多"), lazy("为了保护账号,请等几分钟再试。"), "hourglass-split"),
    500: Failure(
        lazy("系统出错了"),
        lazy("您的操作没有完成,也没有留下一半的数据。请稍后再试;如果仍然如此,请把下面的请求编号告诉管理员。"),
        "exclamation-triangle",
    ),
    503: Failure(lazy("系统暂时不可用"), lazy("数据库暂时无法访问。请稍等片刻再试。"), "hourglass-split"),
}


def install(app: Flask) -> None:
    """Let pages fail in words."""
    for kind, page in PAGES.items():
        app.register_error_handler(kind, page)


def failed(status: int, text: str = "") -> Response:
    """The page of a failure, or for a request in the background its one sentence."""
    failure = FAILURES.get(status, FAILURES[500 if status >= 500 else 400])
    told = text or _sentence(status, failure)
    if request.headers.get("HX-Request"):
        response = make_response("", status)
        response.headers["X-Said"] = quote(told)
        return response
    page = render_template("failure.html", status=status, failure=failure, text=told, request_id=g.get("request_id"))
    return make_response(page, status)


def _sentence(status: int, failure: Failure) -> str:
    who = g.get("me")
    if status == 403 and who is not None and who.titles:
        roles = _("、").join(said(title) for title in who.titles)
        return _("您现在的角色是%(roles)s,没有这项权限。如果工作需要,请联系系统管理员授予相应的角色。", roles=roles)
    return str(failure.text)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and isinstance(error.response, Response):
        return error.response
    if status in (301, 302, 307, 308):
        return error.get_response()  # type: ignore[return-value]  # a redirect to the address with a slash
    return failed(status, _too_large(error) if isinstance(error, RequestEntityTooLarge) else "")


def _too_large(error: RequestEntityTooLarge) -> str:
    """How large it may be; of fields also how many there are, as these were counted."""
    if isinstance(error, TooManyFields):
        return _(
            "应不超过 %(most)s 项,现有 %(found)s 项。请分几次提交;没有任何内容被部分保存。",
            most=error.most,
            found=error.found,
        )
    most, sent = request.max_content_length or 0, request.content_length
    if sent is not None and sent <= most:
        fields = request.max_form_parts
        return _("应不超过 %(most)s 项。请分几次提交;没有任何内容被部分保存。", most=fields)
    size = shown.size(most)
    return _("应不超过 %(most)s。请减小文件或分几次提交;没有任何内容被部分保存。", most=size)


def _refused(error: Refused) -> Response:
    return failed(STATUSES[error.reason], said(error.text))


def _database(error: SQLAlchemyError) -> Response:
    log.error("database", exc_info=error)
    return failed(503)


def _files(error: FilesAway) -> Response:
    log.error("files", problem=error.problem)
    return failed(503, said(error.text))


def _unforeseen(error: Exception) -> Response:
    log.error("unforeseen", exc_info=error)
    return failed(500)


PAGES: dict[type[Exception], Callable[..., Response]] = {
    HTTPException: _http,
    Refused: _refused,
    SQLAlchemyError: _database,
    FilesAway: _files,
    Exception: _unforeseen,
}
"""The page of every kind of failure."""

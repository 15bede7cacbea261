"""Every way the API says no: problems by RFC 9457, in both languages, with the engine's reason and the faults by field.

Reasons are those of `engine/errors.py`; what a refusal is in HTTP stands in `web/failures.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from engine.errors import Fault, Reason, Refused, Text
from storage.files import FilesAway
from web import failures, reading, texts
from web.access import for_programs
from web.api import pace
from web.forms import shown
from web.logs import log
from web.sight import naming

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:zhixing:problem:"
MOST_FAULTS, LONGEST_PATH = 200, 200

SAID = {
    400: Text("请求无法读取,或缺少防伪凭据", "expected a request that can be read, with its proof (X-CSRF) or a token"),
    401: Text(
        "请登录,或出示有效的访问令牌", "expected a session or a token (Authorization: Bearer), but found neither"
    ),
    403: Text("您的角色没有这项权限", "expected somebody with the right to this"),
    404: Text("没有这一项,或您不能查看", "there is no such thing, or you may not see it"),
    405: Text("这个地址不接受这样的操作", "expected another method at this address"),
    406: Text("只能以 JSON 回答", "expected to answer with JSON"),
    409: Text("这一项已经变了", "expected another state: it has changed"),
    412: Text("您读取之后,内容已被改动;请重新读取", "it was changed since you read it (If-Match): read it again"),
    413: Text("内容太大,没有保存任何部分", "expected a smaller body; nothing of it was kept"),
    415: Text("内容应为 application/json", "expected a body of type application/json"),
    422: Text("内容不符合要求", "expected other content"),
    428: Text("应在 If-Match 中说明所依据的版本", "expected If-Match to name the version that was read"),
    429: Text("请求太多,请稍后再试", "too many requests: try again later"),
    500: Text("系统内部错误,没有保存任何部分", "an internal error; nothing was kept"),
    503: Text("数据库暂时无法访问,请稍后再试", "the database cannot be reached: try again later"),
}
NARROW = Text("访问令牌的范围不够", "expected a token of a wider scope")
REASONS = {
    403: Reason.NOT_ALLOWED,
    404: Reason.NOT_FOUND,
    409: Reason.WRONG_STATE,
    412: Reason.WRONG_STATE,
    422: Reason.INVALID_DATA,
}
"""The engine's reason for what was refused before the engine was asked."""

WORDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"Missing data for required field\."), "必须填写", "expected a value, but it is missing"),
    (re.compile(r"Unknown field\."), "没有这个字段", "there is no such field"),
    (re.compile(r"Field may not be null\."), "不能为空", "expected a value, but found null"),
    (re.compile(r"Not a valid (?:string|utf-8 string)\."), "应为文本", "expected text"),
    (re.compile(r"Not a valid (?:integer|number)\."), "应为整数", "expected a whole number"),
    (re.compile(r"Not a valid boolean\."), "应为 true 或 false", "expected true or false"),
    (re.compile(r"Not a valid list\."), "应为列表", "expected a list"),
    (
        re.compile(r"Not a valid (?:mapping type|input type)\.|Invalid input type\."),
        "应为 JSON 对象",
        "expected an object",
    ),
    (re.compile(r"Not a valid date\."), "应为日期 YYYY-MM-DD", "expected a date YYYY-MM-DD"),
    (re.compile(r"Must be one of: (.*)\."), "应为其中之一:{0}", "expected one of {0}"),
    (re.compile(r"Longer than maximum length (\d+)\."), "最多 {0} 项", "expected at most {0}"),
    (re.compile(r"Shorter than minimum length (\d+)\."), "最少 {0} 项", "expected at least {0}"),
    (
        re.compile(r"Length must be between (\d+) and (\d+)\."),
        "长度应为 {0} 到 {1}",
        "expected a length from {0} to {1}",
    ),
    (re.compile(r"Must be greater than or equal to (\d+).*"), "应不小于 {0}", "expected at least {0}"),
    (re.compile(r"Must be less than or equal to (\d+).*"), "应不大于 {0}", "expected at most {0}"),
)
"""What the library that reads requests says, in our words."""


def install(app: Flask) -> None:
    """Let programs be answered with problems; called behind the room that answers with pages."""
    for kind, problem in PROBLEMS.items():
        app.register_error_handler(kind, _either(problem, failures.PAGES[kind]))


def problem(status: int, text: Text, reason: Reason | None = None, faults: tuple[Fault, ...] = ()) -> Response:
    """The answer that says no."""
    document = {
        "type": TYPE + (str(reason) if reason is not None else str(status)),
        "title": texts.said(SAID.get(status, SAID[500])),
        "status": status,
        "detail": texts.said(text),
        "reason": None if reason is None else str(reason),
        "text": {"zh": text.zh, "en": text.en},
        "faults": [_fault(fault) for fault in faults[:MOST_FAULTS]],
        "request": g.get("request_id", ""),
    }
    data = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    response = Response(data, status, mimetype=MEDIA_TYPE)
    response.headers.update(_told(status))
    return response


def _told(status: int) -> dict[str, str]:
    """What programs are told in headers: which token would do (RFC 6750), when to come again."""
    realm, narrow = 'Bearer realm="zhixing"', g.get("narrow")
    if status == 401:
        return {"WWW-Authenticate": realm + (', error="invalid_token"' if g.get("failing") else "")}
    if status == 403 and narrow:
        return {"WWW-Authenticate": f'{realm}, error="insufficient_scope", scope="{narrow}"'}
    return {"Retry-After": str(pace.wait(reading.store().now()))} if status == 429 else {}


def unread(messages: object) -> tuple[Fault, ...]:
    """What is wrong with a request, field by field, from the messages of the library that reads it."""
    return tuple(_unread(messages, ""))


def sentence(text: str) -> str:
    """A text as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}."


def _either(answer: Callable[..., Response], page: Callable[..., Response]) -> Callable[[Exception], Response]:
    return lambda error: answer(error) if for_programs() else page(error)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect to the address as it is written
    text = SAID.get(status, SAID[500 if status >= 500 else 400])
    faults: tuple[Fault, ...] = ()
    if status == 403 and (wanted := g.get("narrow")):
        text = Text(f"{NARROW.zh}:应为 {wanted}", f"{NARROW.en}: {wanted}")
    if status == 401:
        text = g.get("failing") or text
    if status == 413:
        text = _sized(text)
    data = getattr(error, "data", None)
    if isinstance(data, dict):
        found = data.get("messages", {})
        faults = unread([part for part in found.values()] if isinstance(found, dict) else found)
        text = _first(faults, text)
    answer = problem(status, text, REASONS.get(status), faults)
    if status == 405:
        answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return answer


def _sized(text: Text) -> Text:
    """The same with how large a body may be."""
    most = shown.size(request.max_content_length or 0)
    return Text(f"{text.zh}:应不超过 {most}", f"{text.en}: at most {most}")


def _first(faults: tuple[Fault, ...], text: Text) -> Text:
    if not faults:
        return text
    first, count = faults[0], len(faults)
    where = f"{first.path}:" if first.path else ""
    return Text(
        f"有 {count} 处需要更正:{where}{first.text.zh}",
        f"{count} to be corrected: {first.path}{': ' if first.path else ''}{first.text.en}",
    )


def _refused(error: Refused) -> Response:
    return problem(failures.STATUSES[error.reason], naming.named(error.text), error.reason, error.faults)


def _database(error: SQLAlchemyError) -> Response:
    log.error("database", exc_info=error)
    return problem(503, SAID[503])


def _files(error: FilesAway) -> Response:
    log.error("files", problem=error.problem)
    return problem(503, error.text)


def _unforeseen(error: Exception) -> Response:
    log.error("unforeseen", exc_info=error, path=request.path)
    return problem(500, SAID[500])


def _fault(fault: Fault) -> dict[str, object]:
    return {"path": fault.path[:LONGEST_PATH], "text": {"zh": fault.text.zh, "en": fault.text.en}}


def _unread(messages: object, path: str) -> Iterator[Fault]:
    match messages:
        case dict():
            for key, found in messages.items():
                part = f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
                yield from _unread(found, path if key == "_schema" else f"{path}{part}")
        case list():
            for found in messages:
                yield from _unread(found, path)
        case _:
            yield Fault(path, _worded(str(messages)))


def _worded(message: str) -> Text:
    for pattern, zh, en in WORDS:
        found = pattern.fullmatch(message)
        if found is not None:
            return Text(zh.format(*found.groups()), en.format(*found.groups()))
    return Text(f"不符合要求:{message}", message[:1].lower() + message[1:].rstrip("."))


PROBLEMS: dict[type[Exception], Callable[..., Response]] = {
    HTTPException: _http,
    Refused: _refused,
    SQLAlchemyError: _database,
    FilesAway: _files,
    Exception: _unforeseen,
}
"""The problem of every kind of failure."""

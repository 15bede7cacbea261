"""What somebody keeps for themselves: the filters of their lists, language and look, and which tasks are new to them."""

from __future__ import annotations

from flask import Response, abort
from marshmallow import fields, validate

from storage import accounts, preferences, worklist
from web import reading
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.shapes import Shape
from web.identity import me
from web.sight import cases, filters
from web.texts import LANGUAGES, THEMES

pages = resource("preference", "Filters, look and marks of whoever asks")


class Look(Shape):
    """Language and look; null is what the product is set to."""

    language = fields.String(validate=validate.OneOf(LANGUAGES))
    theme = fields.String(validate=validate.OneOf(THEMES))


class Chosen(Shape):
    """Language and look as they were chosen."""

    language = fields.String(required=True, allow_none=True)
    theme = fields.String(required=True)


class OfInbox(Shape):
    """How the inbox is shown; what is not given is not narrowed."""

    why = fields.String(load_default="", validate=validate.OneOf(filters.WHYS))
    process = fields.String(load_default="", validate=validate.Length(max=100))
    sort = fields.String(load_default="due", validate=validate.OneOf(filters.SORTS))


class OfCases(Shape):
    """How the list of cases is shown; what is not given is not narrowed."""

    show = fields.String(load_default="", validate=validate.OneOf(cases.SHOWN))
    level = fields.String(load_default="", validate=validate.Length(max=60))


@pages.route("/me/look", zh="我选择的语言和外观")
@reads
@pages.response(200, Chosen)
def look() -> dict[str, object]:
    """The language and look that whoever asks chose."""
    return {"language": me().account.language, "theme": me().account.theme}


@pages.route("/me/look", methods=["PATCH"], zh="选择语言和外观")
@works
@pages.arguments(Look)
@pages.response(200, Chosen)
def choose(asked: dict[str, str]) -> dict[str, object]:
    """Choose language and look; what is not given stays."""
    if asked:
        accounts.choose(reading.store().database, me().person, language=asked.get("language"), theme=asked.get("theme"))
    account = me().account
    return {"language": asked.get("language", account.language), "theme": asked.get("theme", account.theme)}


@pages.route("/me/filters/inbox", zh="我的待办的筛选和排序")
@reads
@pages.response(200, OfInbox)
def of_inbox() -> dict[str, str]:
    """How whoever asks left their inbox."""
    return filters.Asked.of(_kept(filters.PAGE)).kept()


@pages.route("/me/filters/inbox", methods=["PUT"], zh="保存待办的筛选和排序,页面也这样显示")
@works
@pages.arguments(OfInbox)
@pages.response(200, OfInbox)
def keep_inbox(asked: dict[str, str]) -> dict[str, str]:
    """Keep how the inbox is shown, on its page too."""
    return _keep(filters.PAGE, filters.Asked.of(asked).kept())


@pages.route("/me/filters/cases", zh="我的项目列表的筛选")
@reads
@pages.response(200, OfCases)
def of_cases() -> dict[str, str]:
    """How whoever asks left the list of cases."""
    return cases.Asked.of(_kept(cases.PAGE)).kept()


@pages.route("/me/filters/cases", methods=["PUT"], zh="保存项目列表的筛选,页面也这样显示")
@works
@pages.arguments(OfCases)
@pages.response(200, OfCases)
def keep_cases(asked: dict[str, str]) -> dict[str, str]:
    """Keep how the list of cases is shown, on its page too."""
    return _keep(cases.PAGE, cases.Asked.of(asked).kept())


@pages.route("/tasks/<counted:task>/read", methods=["PUT"], zh="把待办标为已读")
@works
@pages.response(204)
def mark(task: str) -> Response:
    """Let a task of one's inbox no longer look new."""
    return _mark(task, read=True)


@pages.route("/tasks/<counted:task>/read", methods=["DELETE"], zh="把待办标为未读")
@works
@pages.response(204)
def unmark(task: str) -> Response:
    """Let a task of one's inbox look new again."""
    return _mark(task, read=False)


def _mark(task: str, *, read: bool) -> Response:
    database = reading.store().database
    with database.read() as connection:
        if not worklist.may_see(connection, me().wish(), task):
            abort(404)
    preferences.mark_read(database, me().person, [task], read=read)
    return Response(status=204)


def _kept(page: str) -> dict[str, str]:
    with reading.store().database.read() as connection:
        return preferences.kept(connection, me().person, page)


def _keep(page: str, content: dict[str, str]) -> dict[str, str]:
    preferences.keep(reading.store().database, me().person, page, content)
    return content

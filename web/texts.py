"""What people read: Chinese is written in code and templates, English stands in the catalogue; moments as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from flask_babel import Babel

from engine import temporal
from engine.errors import Text
from storage.moments import NEVER, micros, moment
from web import reading
from web.identity import visitor
from web.translation import _, is_english, number, typeset

LANGUAGES = ("zh", "en")
THEMES = ("system", "light", "dark")
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def install(app: Flask) -> None:
    """Speak the language of whoever asks, by the organisation's clocks."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=language)
    app.jinja_env.filters.update(said=said, day=day, at=at, number=number, moment=said_moment, browser=browser)
    app.jinja_env.globals.update(language=language, theme=theme, _=_, as_of=as_of)


def language() -> str:
    """The language of whoever asks: as they chose, else as their browser says, else as the operator says."""
    who = visitor()
    if who is not None and who.account.language in LANGUAGES:
        return str(who.account.language)
    if request.args.get("language") in LANGUAGES:
        return str(request.args["language"])
    default = str(current_app.config["LANGUAGE"])
    return request.accept_languages.best_match(LANGUAGES, default) or default


def theme() -> str:
    """The look whoever asks likes."""
    who = visitor()
    return "system" if who is None else who.account.theme


def said(text: Text) -> str:
    """A text of the engine in the language of whoever asks."""
    return text.en if is_english() else typeset(text.zh)


def printable(text: str) -> str:
    """What somebody typed in one line, without the signs that nobody sees and some databases cannot hold."""
    return "".join(sign for sign in text if sign.isprintable())


def local(found: datetime) -> datetime:
    """A moment on the organisation's clocks."""
    return found.astimezone(_zone())


def today() -> date:
    """The day on the organisation's clocks."""
    return local(reading.store().now()).date()


def day(found: date) -> str:
    """A day as people write it: without the year when it is this one."""
    if is_english():
        return f"{found.day} {found:%b}" + ("" if found.year == today().year else f" {found.year}")
    return ("" if found.year == today().year else f"{found.year}年") + f"{found.month}月{found.day}日"


def at(when: int) -> str:
    """A moment as people say it: the time alone today, with the day otherwise."""
    found = local(moment(when))
    return f"{near(found.date())} {found:%H:%M}".strip()


def as_of() -> str:
    """This moment in full: a printed page is read on another day."""
    return f"{local(reading.store().now()):%Y-%m-%d %H:%M}"


def said_moment(found: datetime) -> str:
    """The same of a moment that is no number."""
    return at(micros(found))


def browser(agent: str) -> str:
    """What a browser calls itself, in short."""
    found = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (found, system) if part) or _("未知的浏览器")


def near(found: date) -> str:
    """A day as people say it: nothing for today, words for its neighbours."""
    words = {0: "", 1: _("明天"), -1: _("昨天")}
    away = (found - today()).days
    return words[away] if away in words else day(found)


def due(when: int) -> tuple[str, str]:
    """How long there is still time, in words, and the tone in which to say it."""
    if when >= NEVER:
        return "", ""
    now, then = reading.store().now(), moment(when)
    if then <= now:
        return _late(now - then), "late"
    found = local(then)
    days = (found.date() - today()).days
    if days == 0:
        return _("今天 %(time)s", time=f"{found:%H:%M}"), "soon"
    if days == 1:
        return _("明天 %(time)s", time=f"{found:%H:%M}"), ""
    if found.date() < today() + timedelta(days=7 - today().weekday()):
        return f"{weekday(found)} {found:%H:%M}", ""
    return day(found.date()), ""


def weekday(found: datetime) -> str:
    """The name of a day of the week."""
    return f"{found:%a}" if is_english() else WEEKDAYS[found.weekday()]


def _late(by: timedelta) -> str:
    if by.days:
        return _("逾期 %(count)s 天", count=by.days)
    hours = by.seconds // 3600
    return _("逾期 %(count)s 小时", count=hours) if hours else _("刚刚逾期")


def _zone() -> ZoneInfo:
    if "zone" not in g:
        with reading.store().database.read() as connection:
            g.zone = temporal.zone(reading.organisation(connection).working.zone)
    found: ZoneInfo = g.zone
    return found

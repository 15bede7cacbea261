"""Roles: who holds each, and what it may do in the procedures in force."""

from __future__ import annotations

from marshmallow import fields

from web import reading
from web.api import values
from web.api.blueprint import resource
from web.api.gate import surveys
from web.api.paging import part
from web.api.shapes import Paged, Said, Shape, Who
from web.sight import people

pages = resource("role", "Roles and their holders")


class Role(Shape):
    """A role with its holders, and its rights by procedure."""

    role = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    holders = fields.List(fields.Nested(Who), required=True)
    rights = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class Roles(Shape):
    """A page of roles; `next` is null at the end."""

    items = fields.List(fields.Nested(Role), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/organisation/roles", zh="全部角色:由谁担任,在各程序中有哪些权限")
@surveys
@pages.arguments(Paged, location="query")
@pages.response(200, Roles)
def every(asked: dict[str, object]) -> dict[str, object]:
    """Every role: who holds it, and which rights it has in which procedure."""
    with reading.store().database.read() as connection:
        company, procedures = reading.organisation(connection), reading.procedures(connection)
        shown, onward = part(people.roles(connection), asked, lambda row: row[0])
    rows = [
        {
            "role": code,
            "name": values.said(title),
            "holders": [values.named(person) for person in company.roles.get(code, ())],
            "rights": {
                one.key: sorted(right for right, roles in one.rights.items() if code in roles)
                for one in procedures
                if code in one.roles
            },
        }
        for code, title in shown
    ]
    return {"items": rows, "next": onward}

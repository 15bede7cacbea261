"""What each server of a journey would make anew, made once in the process that they are forked from."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from storage.database import Database
from storage.submission import Store
from tests.web.pages.browser import CHEAP
from web import passwords, settings
from web.app import create_app


class Compiled(BytecodeCache):
    """Templates as Python runs them, in memory."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.found:
            bucket.bytecode_from_string(self.found[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.found[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
passwords.hasher = CHEAP

_app = create_app(settings.read({}, Path("no such file")), Store(Database("sqlite:///no such file")))
for _name in _app.jinja_env.list_templates(extensions=["html"]):
    _app.jinja_env.get_template(_name)

"""A forgotten password: a link by mail, once, and the same answer whoever asks; the mail is read at a server of our own."""

from __future__ import annotations

import re
import shutil
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from queue import Empty, Queue

import pytest
from sqlalchemy import func, select

from storage import accounts, people, recovery, schema
from storage.database import Database
from storage.submission import Store
from tests.web.pages.browser import Browser, Building, Clock, House
from tests.web.pages.conftest import NOW
from web import settings
from web.cli.showcase import PASSWORD

LINK = re.compile(r"http://zhixing\.example/recovery/(\S+)")
NEW = "a-new-and-long-password"


class Post(socketserver.ThreadingTCPServer):
    """A mail server that takes everything and keeps it."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.mails: Queue[tuple[str, str]] = Queue()

    def next(self) -> tuple[str, str]:
        """To whom the next mail goes, and what it says."""
        return self.mails.get(timeout=60)


class Taking(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        to = ""
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            said = line.decode().strip()
            if said.upper().startswith("RCPT TO:"):
                to += said[8:].strip("<> ")
            if said.upper() == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self._keep(to)
            self.wfile.write(b"221 bye\r\n" if said.upper() == "QUIT" else b"250 ok\r\n")
            if said.upper() == "QUIT":
                return

    def _keep(self, to: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        body = message_from_bytes(b"".join(lines), policy=policy.default).get_body(("plain",))
        assert isinstance(self.server, Post)
        self.server.mails.put((to, "" if body is None else body.get_content()))


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def house(furnished: Path, building: Building, tmp_path: Path, post: Post) -> Iterator[House]:
    """The product with a way for mails."""
    path = tmp_path / "zhixing.db"
    shutil.copyfile(furnished, path)
    file = tmp_path / "zhixing.toml"
    port = post.server_address[1]
    file.write_text(
        'address = "http://zhixing.example"\n[targets.mail]\n'
        f'url = "mailto://127.0.0.1:{port}?from=zhixing@example.com"\n',
        encoding="utf-8",
    )
    clock, database = Clock(NOW), Database(f"sqlite:///{path}")
    store = Store(database, clock)
    yield building.house(settings.read({"ZHIXING_DATA": str(tmp_path)}, file), store, clock)
    database.close()


def registered(house: House, handle: str = "wang", address: str = "wang@example.com") -> Browser:
    visitor = house.signed_in(handle)
    answer = visitor.post("/account/mail", {"mail": address, "mail_now": PASSWORD}, at="/account/")
    assert answer.status_code == 302
    return visitor


def asked(house: House, handle: str) -> str:
    """The page that answers whoever asks for a link."""
    answer = house.browser().post("/recovery/", {"handle": handle}, at="/recovery/")
    assert answer.status_code == 200
    return re.sub(r'value="[0-9a-f]{64,}"', "", answer.text)


def link(post: Post) -> str:
    to, text = post.next()
    assert to == "wang@example.com"
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


def renewed(house: House, secret: str, new: str = NEW, again: str = NEW) -> int:
    data = {"secret": secret, "new": new, "again": again}
    return int(house.browser().post("/recovery/new", data, at=f"/recovery/{secret}").status_code)


def test_a_link_by_mail_gives_a_new_password_once_and_ends_every_session(house: House, post: Post) -> None:
    before = registered(house)
    assert 'href="/recovery/"' in house.browser().page("/sign-in")
    asked(house, "wang")
    secret = link(post)
    assert "账号 wang" in house.browser().page(f"/recovery/{secret}")
    assert renewed(house, secret) == 302
    assert before.get("/account/").status_code == 302
    assert house.browser().sign_in("wang", PASSWORD).status_code == 422
    assert house.browser().sign_in("wang", NEW).status_code == 302
    assert renewed(house, secret) in (400, 404)
    assert house.browser().get(f"/recovery/{secret}").status_code == 404


def test_whoever_asks_gets_the_same_answer_and_only_who_is_known_gets_mail(house: House, post: Post) -> None:
    registered(house)
    assert len({asked(house, handle) for handle in ("wang", "nobody", "li", "<b>")}) == 1
    link(post)
    with pytest.raises(Empty):
        post.mails.get(timeout=0.5)


def test_a_link_ends_after_half_an_hour_and_with_the_next(house: House, post: Post) -> None:
    registered(house)
    asked(house, "wang")
    first = link(post)
    asked(house, "wang")
    second = link(post)
    assert house.browser().get(f"/recovery/{first}").status_code == 404
    assert house.browser().get(f"/recovery/{second}").status_code == 200
    house.clock.pass_by(minutes=30)
    assert house.browser().get(f"/recovery/{second}").status_code == 404


def test_looking_uses_no_link_up_and_what_is_wrong_is_said(house: House, post: Post) -> None:
    registered(house)
    asked(house, "wang")
    secret = link(post)
    for _ in range(3):
        house.browser().page(f"/recovery/{secret}")
    assert renewed(house, secret, "short", "short") == 422
    assert renewed(house, secret, NEW, "another") == 422
    assert renewed(house, secret, "my-name-is-wang", "my-name-is-wang") == 422
    assert renewed(house, secret) == 302


def test_only_the_digest_is_kept_and_the_page_tells_no_other(house: House, post: Post) -> None:
    registered(house)
    asked(house, "wang")
    secret = link(post)
    assert house.browser().get(f"/recovery/{secret}").headers["Referrer-Policy"] == "strict-origin"
    with house.store.database.read() as connection:
        rows = connection.execute(select(schema.recovery_link)).all()
    assert [row.digest for row in rows] == [accounts.digest_of(secret)]


def test_a_closed_account_gets_no_link_and_an_old_one_no_longer_works(house: House, post: Post) -> None:
    registered(house)
    asked(house, "wang")
    secret = link(post)
    person = people.known(house.store, "wang")
    accounts.enable(house.store.database, person, enabled=False)
    assert renewed(house, secret) in (400, 404)
    with house.store.database.read() as connection:
        assert recovery.known_as(connection, "wang") is None


def test_too_many_requests_are_stopped(house: House) -> None:
    visitor = house.browser()
    found = [visitor.post("/recovery/", {"handle": "nobody"}, at="/recovery/").status_code for _ in range(4)]
    assert found == [200, 200, 200, 429]
    house.clock.pass_by(hours=1)
    assert visitor.post("/recovery/", {"handle": "nobody"}, at="/recovery/").status_code == 200


@pytest.mark.parametrize(("data", "fault"), [
    ({"mail": "wang@example.com", "mail_now": "wrong"}, "mail_now-fault"),
    ({"mail": "no address", "mail_now": PASSWORD}, "mail-fault"),
    ({"mail": "a@b.cn, c@d.cn", "mail_now": PASSWORD}, "mail-fault"),
])  # fmt: skip
def test_a_mail_address_is_said_with_the_password_and_is_one(house: House, data: dict[str, str], fault: str) -> None:
    answer = house.signed_in("wang").post("/account/mail", data, at="/account/")
    assert answer.status_code == 422
    assert f'id="{fault}"' in answer.text
    with house.store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.mail_address)).scalar_one() == 0


def test_a_contact_gets_the_link_by_mail(house: House, post: Post) -> None:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == "T01_08", tasks.closed_at.is_(None))
        task = str(connection.execute(query).scalars().first())
    form = {"name": "李想", "mail": "lixiang@example.com", "days": "14", "way": "mail", "message": "请确认"}
    at = f"/tasks/{task}/invitation"
    page = house.signed_in("wang").post(at, form, at=at).text
    assert "已把链接发到 lixiang@example.com" in page
    to, text = post.next()
    found = re.search(r"http://zhixing\.example(/confirm/\S+)", text)
    assert to == "lixiang@example.com"
    assert found is not None
    assert "客户确认" in house.browser().page(found[1])


def test_a_mail_that_is_not_taken_is_told_and_the_link_is_there(house: House, post: Post) -> None:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == "T01_08", tasks.closed_at.is_(None))
        task = str(connection.execute(query).scalars().first())
    post.shutdown()
    post.server_close()
    form = {"name": "李想", "mail": "lixiang@example.com", "days": "14", "way": "mail"}
    at = f"/tasks/{task}/invitation"
    page = house.signed_in("wang").post(at, form, at=at).text
    assert "邮件没有发出" in page
    assert 'id="link"' in page

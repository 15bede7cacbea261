"""What a newcomer reads is true: every file that is named exists, every link leads somewhere, both READMEs say the same."""

import re

import pytest

from tests.web.terminal import ROOT
from web.cli import main

PAGES = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/cli.md", "docs/settings.md")
PLACES = ("bpmn/", "engine/", "storage/", "jobs/", "web/", "tests/", "benchmarks/", "docs/")


@pytest.mark.parametrize("page", PAGES)
def test_files_and_links_on_a_page_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = [word for word in re.findall(r"`([^`\s]+)`", text) if word.startswith(PLACES)]
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("https://")]
    folder = (ROOT / page).parent
    missing = [word for word in named if not (ROOT / word).exists()]
    missing += [link for link in linked if not (folder / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_make_targets_on_a_page_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in re.findall(r"(?:^|[ `/])zhixing ([a-z][a-z-]+)", text, re.MULTILINE):
        assert word in main.commands, word
    for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile, target


def test_both_readmes_have_the_same_parts_and_links() -> None:
    english, chinese = ((ROOT / page).read_text(encoding="utf-8") for page in PAGES[:2])
    for pattern in (r"^## ", r"^- \*\*", r"^\| `"):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, chinese, re.MULTILINE))
    own = {"README.md", "README.zh-CN.md", "docs/pictures/english.png", "docs/pictures/inbox.png"}
    links = [
        set(re.findall(r"\]\(([^)]+)\)", text)) - own for text in (english, chinese)
    ]  # the inbox in one's language
    assert links[0] == links[1]


def test_no_word_of_the_procedure_is_in_the_code() -> None:
    code = (path for room in ("engine", "storage", "jobs", "web") for path in (ROOT / room).rglob("*.py"))
    assert [path.name for path in code if "售前" in path.read_text(encoding="utf-8")] == []


def test_nothing_is_said_of_machines_or_hosts() -> None:
    for page in (*PAGES, "Makefile", ".ci/run"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert not re.search(r"/work/|/root/|localhost", text), page

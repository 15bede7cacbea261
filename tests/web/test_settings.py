"""Every setting, from the environment and from the file; what cannot be used is refused with a sentence."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from jobs.connector import Target
from tests.web.terminal import ROOT, Terminal
from web import settings
from web.settings import UnsuitableSetting

VALUES = {
    "data": ("/srv/zhixing", Path("/srv/zhixing")),
    "database": ("sqlite:////srv/other.db", "sqlite:////srv/other.db"),
    "files": ("s3://zhixing-files/company", "s3://zhixing-files/company"),
    "file_limit": ("20", 20 * 1024 * 1024),
    "seal_key": ("/srv/keys/seal", Path("/srv/keys/seal")),
    "language": ("en", "en"),
    "debug": ("1", True),
    "hosts": ("erp.example, Hooks.example", frozenset({"erp.example", "hooks.example"})),
    "listen": ("0.0.0.0:8443", "0.0.0.0:8443"),
    "address": ("https://zhixing.example", "https://zhixing.example/"),
    "https": ("1", True),
    "proxies": ("2", 2),
    "metrics_from": ("10.0.0.0/8,::1", "10.0.0.0/8,::1"),
    "metrics_token": ("secret", "secret"),
}
OTHERS = {"data": "x", "database": "sqlite:///x.db", "seal_key": "x", "language": "zh", "debug": "0", "hosts": "x"}
OTHERS |= {"metrics_from": "10.1.2.3", "metrics_token": "other"}
OTHERS |= {"files": "/srv/files", "file_limit": "1"}
OTHERS |= {"listen": "[::1]:80", "address": "http://other.example/", "https": "0", "proxies": "0"}


@pytest.mark.parametrize("name", settings.NAMES)
def test_a_setting_is_read_from_the_environment(name: str, tmp_path: Path) -> None:
    text, value = VALUES[name]
    found = settings.read({f"ZHIXING_{name.upper()}": text}, tmp_path / "none.toml")
    assert getattr(found, name) == value


@pytest.mark.parametrize("name", settings.NAMES)
def test_a_setting_is_read_from_the_file_and_the_environment_wins(name: str, tmp_path: Path) -> None:
    text, value = VALUES[name]
    file = tmp_path / "zhixing.toml"
    file.write_text(f'{name} = "{text}"\n', encoding="utf-8")
    assert getattr(settings.read({}, file), name) == value
    assert getattr(settings.read({f"ZHIXING_{name.upper()}": OTHERS[name]}, file), name) != value


def test_without_settings_everything_lies_under_var(tmp_path: Path) -> None:
    found = settings.read({}, tmp_path / "none.toml")
    assert (found.data, found.database, found.seal_key) == (
        Path("var"),
        "sqlite:///var/zhixing.db",
        Path("var/seal.key"),
    )
    assert (found.language, found.debug) == ("zh", False)


def test_database_and_key_follow_the_data_folder(tmp_path: Path) -> None:
    found = settings.read({"ZHIXING_DATA": "elsewhere"}, tmp_path / "none.toml")
    assert (found.database, found.seal_key) == ("sqlite:///elsewhere/zhixing.db", Path("elsewhere/seal.key"))


def test_bytes_of_files_lie_beside_the_database_or_with_postgresql_in_the_data_folder(tmp_path: Path) -> None:
    none = tmp_path / "none.toml"
    assert settings.place_of_files(settings.read({}, none)) is None
    served = settings.read({"ZHIXING_DATA": "srv", "ZHIXING_DATABASE": "postgresql://u@h/d"}, none)
    found = settings.place_of_files(served)
    assert found is not None
    assert found.folder == Path("srv/files")


def test_postgresql_takes_the_driver_that_is_installed(tmp_path: Path) -> None:
    found = settings.read({"ZHIXING_DATABASE": "postgresql://u:secret@h/d"}, tmp_path / "none.toml")
    assert found.database == "postgresql+psycopg://u:secret@h/d"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ZHIXING_LANGUAGE", "fr"),
        ("ZHIXING_DEBUG", "yes"),
        ("ZHIXING_DATABASE", "no url"),
        ("ZHIXING_DATABASE", "mysql://h/d"),
        ("ZHIXING_DATABASE", "sqlite://"),
        ("ZHIXING_DATABASE", "sqlite:///:memory:"),
        ("ZHIXING_DATABSE", "sqlite:///x.db"),
        ("ZHIXING_FILES", "s3://no bucket"),
        ("ZHIXING_FILE_LIMIT", "0"),
        ("ZHIXING_FILE_LIMIT", "5000"),
        ("ZHIXING_FILE_LIMIT", "50 MB"),
        ("ZHIXING_LISTEN", "8000"),
        ("ZHIXING_LISTEN", "localhost:99999"),
        ("ZHIXING_LISTEN", "localhost:http"),
        ("ZHIXING_HTTPS", "yes"),
        ("ZHIXING_PROXIES", "9"),
    ],
)
def test_what_cannot_be_used_is_refused(variable: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(UnsuitableSetting) as refused:
        settings.read({variable: text}, tmp_path / "none.toml")
    assert variable in refused.value.text.zh
    assert variable in refused.value.text.en


@pytest.mark.parametrize(
    "content", [b"language = ", b"\xff\xfe", b'langauge = "en"', b"language = 3", b"[language]\nzh = 1\n", b"\x00"]
)
def test_a_file_that_says_rubbish_is_refused(content: bytes, terminal: Terminal) -> None:
    (terminal.folder / "zhixing.toml").write_bytes(content)
    ran = terminal.run("versions")
    assert (ran.code, ran.out) == (2, "")
    assert "zhixing.toml" in ran.err
    assert list(terminal.folder.iterdir()) == [terminal.folder / "zhixing.toml"]


def test_the_settings_file_may_not_be_a_folder(terminal: Terminal) -> None:
    (terminal.folder / "zhixing.toml").mkdir()
    assert terminal.run("versions").code == 2


def test_the_file_in_the_working_directory_is_used(terminal: Terminal) -> None:
    (terminal.folder / "zhixing.toml").write_text('language = "en"\ndata = "here"\n', encoding="utf-8")
    assert terminal.ok("add-person", "wang", "王芳").startswith("王芳 (wang) has id ")
    assert (terminal.folder / "here" / "zhixing.db").exists()


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `ZHIXING_")}
    assert listed == {f"ZHIXING_{name.upper()}" for name in settings.NAMES}


# ------------------------------------------------------------------ addresses outside


def targets(tmp_path: Path, text: str, **variables: str) -> Mapping[str, Target]:
    file = tmp_path / "zhixing.toml"
    file.write_text(text, encoding="utf-8")
    return settings.read(variables, file).targets


def test_an_address_outside_has_a_name_and_its_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    text = f'[targets.erp]\nurl = "https://erp.example/in"\nsecret_file = "{tmp_path}/secret"\nprivate = true\n'
    (found,) = targets(tmp_path, text).values()
    assert found == Target(name="erp", url="https://erp.example/in", secret="s3cret", private=True)
    assert "s3cret" not in repr(found)
    assert "erp.example" not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('targets = "x"', "expected a table"),
        ("[targets.erp]", "expected a url"),
        ("[targets.erp]\nurl = 1", "expected text"),
        ('[targets.erp]\nurl = "https://x"\nprivate = "yes"', "true or false as private"),
        ('[targets.erp]\nurl = "https://x"\npassword = "p"', "expected a table"),
        ('[targets.erp]\nurl_file = "/nowhere/at/all"', "expected a file"),
        ('hosts = "hooks.example"\n[targets.erp]\nurl = "https://erp.example"', "one of ZHIXING_HOSTS"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UnsuitableSetting, match=said):
        targets(tmp_path, text)


def test_only_hosts_that_are_named_may_be_called_when_some_are(tmp_path: Path) -> None:
    text = '[targets.erp]\nurl = "https://erp.example/in"\n[targets.mail]\nurl = "mailtos://u:p@mail.example"\n'
    assert sorted(targets(tmp_path, text, ZHIXING_HOSTS="ERP.example")) == ["erp", "mail"]

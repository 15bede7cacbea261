"""The editor of decision tables in a draft: kept as DMN with its English, tried, and wrong at the cell that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.check import check
from tests.web.pages.browser import Browser, House
from web.drafting.table import document
from web.pages.studio.editors.table import written

KEY = "service-planning"
DRAFT = f"/procedures/{KEY}/draft/"
AT = f"{DRAFT}decision/"
FILE = "decisions/contract_reviewers.dmn"
VALUES = {
    "deviations": "2",
    "amount": "1",
    "kind": "补充协议",
    "affects_departments": "是",
    "法务评审金额": "50,000",
}


def _begun(house: House, handle: str = "li") -> Browser:
    made = house.signed_in(handle)
    made.post(f"{DRAFT}begin", at=f"/procedures/{KEY}")
    return made


def _read(visitor: Browser, path: str = FILE) -> dict[str, Any]:
    found: Any = visitor.get(f"{AT}file?file={path}").json
    return dict(found)


def _send(visitor: Browser, where: str, body: object) -> Any:
    proof = {"X-CSRF": _read(visitor)["csrf"]}
    return visitor.client.post(f"{AT}{where}", json=body, headers=proof, base_url=visitor.base)


def _save(visitor: Browser, found: dict[str, Any], tables: dict[str, Any], **more: object) -> Any:
    body = {"file": FILE, "content": json.dumps(tables), "revision": found["revision"], "texts": found["texts"], **more}
    return _send(visitor, "file", body)


def _added(tables: dict[str, Any], *cells: str, result: str = '"MR"', remark: str = "") -> dict[str, Any]:
    rows = {"tests": cells, "results": (result,)}
    rule = {what: [{"id": "", "text": text} for text in texts] for what, texts in rows.items()}
    tables["tables"][0]["rules"].append({"id": "Rule_new", "remark": remark, **rule})
    return tables


def test_a_row_that_was_added_counts_in_a_trial_and_is_told_in_words(house: House) -> None:
    visitor = _begun(house)
    found = _read(visitor)
    tables = _added(json.loads(found["content"]), "-", "-", "-", "-", remark="总要评审")
    texts = {"contract_reviewers": {"总要评审": "Always reviews"}}
    trials = {"contract_reviewers": VALUES}
    answer = _save(visitor, {**found, "texts": texts}, tables, trials=trials)
    assert (answer.status_code, answer.json["findings"]) == (200, [])
    trial = answer.json["trials"]["contract_reviewers"]
    assert trial["rules"] == [1, 2, 3, 4, 7, 8]
    assert trial["value"] == '["SMO", "SID", "FIN", "LEGAL", "DEPT", "MR"]'
    page = visitor.page(DRAFT)
    assert "新增第 8 行“- | - | - | - → &#34;MR&#34;”" in page
    assert "没有发现问题" in page
    assert _read(visitor)["texts"]["contract_reviewers"]["总要评审"] == "Always reviews"


def test_what_is_wrong_stands_at_its_cell(house: House) -> None:
    visitor = _begun(house)
    found = _read(visitor)
    answer = _save(visitor, found, _added(json.loads(found["content"]), "> nothing(", "-", "-", "-"))
    [fault] = answer.json["findings"]
    assert (fault["element"], fault["kind"]) == ("Rule_new_1", "fault")
    assert "规则 8" in fault["text"]


def test_rows_that_overlap_and_cases_without_a_row_are_advised(house: House) -> None:
    visitor = _begun(house)
    found = _read(visitor)
    tables = json.loads(found["content"])
    tables["tables"][0]["policy"] = "UNIQUE"
    answer = _save(visitor, found, tables)
    assert {one["kind"] for one in answer.json["findings"]} == {"advice"}


def test_data_that_was_added_may_be_compared(house: House) -> None:
    visitor = _begun(house)
    found = _read(visitor)
    tables = json.loads(found["content"])
    tables["data"].append({"id": "Data_new", "name": "margin", "type": "number"})
    tables["tables"][0]["inputs"][0]["expression"] = "margin"
    answer = _save(visitor, found, tables, trials={"contract_reviewers": {**VALUES, "margin": "3"}})
    faults = [one["text"] for one in answer.json["findings"] if one["kind"] == "fault"]
    assert faults == []
    assert 4 in answer.json["trials"]["contract_reviewers"]["rules"]


@pytest.mark.parametrize(
    ("values", "said"),
    [({"amount": "many"}, "amount"), ({"amount": "1 +"}, "amount"), ({"affects_departments": "maybe"}, "affects")],
)
def test_a_value_that_cannot_be_one_is_told(house: House, values: dict[str, str], said: str) -> None:
    trials = {"contract_reviewers": {**VALUES, **values}}
    answer = _send(_begun(house), "try", {"file": FILE, "trials": trials})
    assert said in answer.json["trials"]["contract_reviewers"]["problem"]


def test_who_was_slower_sees_what_differs(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    before = _read(other)
    found = _read(mine)
    assert _save(mine, found, _added(json.loads(found["content"]), "-", "-", "-", "-")).status_code == 200
    answer = _save(other, before, json.loads(before["content"]))
    assert answer.status_code == 409
    assert "李强" in answer.json["text"]
    assert answer.json["differences"] == ['删除第 8 行“- | - | - | - → "MR"”']


@pytest.mark.parametrize(
    "content",
    [
        "x",
        "[]",
        '{"tables": [{"id": "contract_reviewers", "rules": [{"tests": []}]}]}',
        '{"data": [{"name": "\\u0001"}]}',
    ],
)
def test_what_is_no_table_is_refused_and_nothing_is_kept(house: House, content: str) -> None:
    visitor = _begun(house)
    answer = _send(visitor, "file", {"file": FILE, "content": content, "revision": 0, "texts": {}})
    assert answer.status_code == 422
    assert _read(visitor)["revision"] == 0


def test_texts_with_markup_stay_texts(house: House) -> None:
    visitor = _begun(house)
    found = _read(visitor)
    tables = json.loads(found["content"])
    tables["tables"][0]["name"] = "<b>\"&'</b>"
    tables["tables"][0]["rules"][0]["remark"] = "]]><!ENTITY x>"
    assert _save(visitor, found, tables).status_code == 200
    again = json.loads(_read(visitor)["content"])["tables"][0]
    assert (again["name"], again["rules"][0]["remark"]) == ("<b>\"&'</b>", "]]><!ENTITY x>")


def test_only_tables_of_the_draft_are_found(house: House) -> None:
    visitor = _begun(house)
    for path in ("procedure.toml", "../x.dmn", "decisions/none.dmn"):
        assert visitor.get(f"{AT}?file={path}").status_code == 404, path
        assert _send(visitor, "try", {"file": path}).status_code == 404, path


def test_every_table_of_the_procedure_is_written_as_it_was_read(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    for path, data in found.files.items():
        if path.endswith(".dmn"):
            tables = document(data, path)
            made = written(data, path, tables)
            assert document(made, path) == tables, path
            assert made.count(b"DMNShape") == data.count(b"DMNShape"), path


def test_english_of_a_decision_that_is_not_there_is_found(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    texts = json.loads(found.files["texts/en.json"])
    texts["decisions"] = {**texts.get("decisions", {}), "none": {"甲": "A"}}
    [finding] = check({**found.files, "texts/en.json": json.dumps(texts).encode()})
    assert (finding.file, finding.element) == ("texts/en.json", "decisions.none")


def test_who_reads_english_reads_the_tables_in_english(house: House) -> None:
    visitor = house.signed_in("wang")
    visitor.post("/account/look", {"language": "en"}, at="/account/")
    page = visitor.page(f"/procedures/{KEY}/decisions")
    assert "Contract reviewers" in page
    assert "评审角色" not in page

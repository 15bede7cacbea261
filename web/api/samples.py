"""A sample of every field that the API reads and writes, by name; of an object it is made of those of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOMENT, LATER = "2026-11-25T01:30:00+00:00", "2026-12-02T09:00:00+00:00"
SAMPLES: Mapping[str, object] = {
    "action": "complete",
    "activity": "7.3.1",
    "address": "192.0.2.7",
    "after": "1764034200000000~7.12.1",
    "agent": "Mozilla/5.0",
    "at": MOMENT,
    "base": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "began": MOMENT,
    "by": "李强",
    "case": 5,
    "channel": "web",
    "closed": LATER,
    "code": "492039",
    "command": "CompleteTask",
    "complete_until": 2027,
    "complete_until_year": 2027,
    "content": "UEsDBBQABgAIAAAAIQ==",
    "correlation": "HT-2026-031",
    "data": {"opinion": "需求完整", "amount": 128000, "customer": {"ref": "customer:C-0213"}},
    "decision": "grade",
    "deputy": "wang",
    "detail": "有 1 处需要更正:to:必须填写",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "document": "requirements",
    "draft": {"opinion": "需求完整"},
    "due": LATER,
    "effective": LATER,
    "element": "T01_05",
    "en": "Review",
    "enabled": True,
    "ended": LATER,
    "ending": "answered",
    "ends": LATER,
    "field": "contract_no",
    "file": "forms/review.form",
    "first": "2026-12-01",
    "flow": "f_accepted",
    "form": {"type": "default", "components": [{"type": "textarea", "key": "opinion", "label": "意见"}]},
    "given": MOMENT,
    "handle": "li",
    "proof": "password",
    "publisher": "SMO",
    "head": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    "holidays": {"2027-01-01": "元旦"},
    "in_force": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "incident": "7.9.2",
    "input": {},
    "inputs": "project_name",
    "instance": 7,
    "invitation": "7.14.1",
    "issued_version": "V1.0",
    "job": "7.9.1",
    "key": "3f1a9c0d5e7b2846",
    "kind": "service",
    "label": "V1.0",
    "language": "zh",
    "last": "2026-12-05",
    "last_head": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    "level": "A",
    "link": "https://zhixing.example/confirm/kR3v…",
    "made": MOMENT,
    "mail": "lixiang@example.com",
    "make_up_days": "2027-02-06",
    "message": "请尽快处理",
    "milestone": 9,
    "name": "李强",
    "next": "1764034200000000~7.12.1",
    "node": "server-1",
    "number": "T01.05",
    "offered": MOMENT,
    "oldest": MOMENT,
    "opened": MOMENT,
    "opinion": "同意",
    "organisation": "华东轨道交通",
    "outcome": "项目完成",
    "owner": "SMO",
    "party": "宁波港集团",
    "password": "abcd-efgh-jkmn-pqrs",
    "path": "to",
    "payload": {"contract_no": "HT-2026-031"},
    "person": "1.5.1",
    "persons": "wang",
    "problem": "应有字段 amount 的值",
    "procedure": "service-planning",
    "process": "svc_lifecycle",
    "published": MOMENT,
    "q": "宁波",
    "reason": "休假,由同事办理",
    "ref": "customer:C-0213",
    "refusal": 3,
    "request": "5c0f4a2e9b7d4f1c8a6e3d2b1f0a9c8d",
    "result": {"amount": 128000},
    "revision": 12,
    "rights": {"service-planning": ["publish"]},
    "role": "SALES",
    "rule": "reference",
    "running": "refuse",
    "scope": "work",
    "sealed_at": MOMENT,
    "section": "review",
    "sections": {"review": "write"},
    "seen": LATER,
    "setting": "review_days",
    "size": 50,
    "stage": "offered",
    "start": "start",
    "start_role": "SALES",
    "started": MOMENT,
    "state": "waiting",
    "status": "running",
    "stream": 7,
    "subscription": "7.4.1",
    "target": "T01_03",
    "task": "7.12.1",
    "text": '<?xml version="1.0"?>',
    "theme": "system",
    "timer": "7.5.1",
    "title": "宁波港数据中心运维",
    "to": "wang",
    "token": "zx_kR3v…",
    "type": "urn:zhixing:problem:invalid-data",
    "until": LATER,
    "used": LATER,
    "value": 5,
    "values": {"title": "宁波港数据中心运维"},
    "variables": {"project_name": "宁波港数据中心运维"},
    "version": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "why": "role",
    "windows": {"hours": {"monday": ["09:00", "18:00"]}},
    "zh": "审核",
    "zone": "Asia/Shanghai",
}
TYPES: Mapping[str, object] = {"integer": 3, "number": 3, "boolean": True, "object": {}, "null": None}


def of_name(name: str) -> object:
    """The sample of a field; `...s` of a list is that of one of its items."""
    return SAMPLES.get(name, SAMPLES.get(name.removesuffix("s")))


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> object:
    """A sample that fits the schema; its fields are those of `SAMPLES`, where these are of the right type."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if "anyOf" in schema or "allOf" in schema:
        choices = [one for one in schema.get("anyOf", schema.get("allOf")) if one.get("type") != "null"]
        return sample(choices[0], schemas, name)
    if "enum" in schema:
        return next((one for one in schema["enum"] if one), schema["enum"][0])
    if "properties" in schema:
        return {field: sample(found, schemas, field) for field, found in schema["properties"].items()}
    return _plain(schema, schemas, name)


def _plain(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> object:
    kinds = schema.get("type")
    kind = kinds if isinstance(kinds, str) else next(iter(kinds), None) if kinds else None
    found = of_name(name)
    if kind == "array":
        return [sample(schema.get("items", {}), schemas, name)]
    if kind is None:
        return found
    fits = {"string": str, "integer": int, "boolean": bool, "object": dict, "number": int}[kind]
    if isinstance(found, fits) and isinstance(found, bool) == (kind == "boolean"):
        return found
    return TYPES.get(kind, name)

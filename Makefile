# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Any Python that can read the tools; they search for the newest one themselves.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null && echo $$python && break; done)
ARGS ?=

.PHONY: help demo demo-failover demo-rehearsal test coverage journeys format lint sanity docs bench matrix fuzz ci

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):  ## /\1\t/p' Makefile | expand -t 15

demo:  ## pair two simulated clusters and their volumes, from nothing
	@$(python) -B tools/demo.py

demo-failover:  ## fail over between two simulated sites, planned and after one of them fails, and back
	@$(python) -B tools/demo.py failover

demo-rehearsal:  ## rehearse a failover while a host goes on writing, with its evidence
	@$(python) -B tools/demo.py rehearsal

test:  ## run the tests of every change; ARGS goes to pytest
	@$(python) -B tools/run_tests.py -n auto --dist worksteal $(ARGS)

coverage:  ## run the unit tests and show which lines and branches of plugins they never reach
	@$(python) -B tools/run_tests.py tests/unit -q -n auto --dist worksteal --cov --cov-report=term $(ARGS)

journeys:  ## run the playbooks of the guides, step by step; takes minutes
	@$(python) -B tools/run_tests.py tests/playbooks -m journey -n auto --dist worksteal $(ARGS)

format:  ## fix style and the order of imports, draw the diagrams
	@.ci/run format

lint:  ## style, types, playbooks, changelog
	@.ci/run lint

sanity:  ## ansible-test sanity on every supported ansible-core
	@.ci/run sanity

docs:  ## check the documentation and build it as HTML
	@.ci/run docs

bench:  ## count calls and measure ratios
	@$(python) -B tools/run_tests.py tests/benchmark $(ARGS)

matrix:  ## run every flow with every fault at each of its calls, and with signals in the middle
	@$(python) -B tools/run_tests.py tests/matrix tests/signals -n auto --dist worksteal $(ARGS)

fuzz:  ## run random worlds and races: a fixed set, or new ones for SECONDS=60
	@$(python) -B tools/run_fuzz.py $(SECONDS) $(SEED)

ci:  ## run everything, on every version, in new environments
	@.ci/run

python = $(or $(PYTHON),$(error Python 3.11 or newer is needed and no Python was found: install one, then run this again))

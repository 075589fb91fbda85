# One line each: every target calls one thing. STACK= picks the environment, EMULATE=1 an AWS on this computer.
STACK ?= local
ARGS ?=
RUN = python3 -m offline.run $(if $(EMULATE),--emulate)

.PHONY: help setup up preview down status kubectl test lint lock bench docs

help: ## what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## everything a fresh machine needs, once
	@python3 -m offline.setup

up: setup ## build the environment and print how to use it
	@$(RUN) python -m operations up --stack $(STACK)

preview: setup ## show what `up` would change
	@$(RUN) python -m operations preview --stack $(STACK)

down: setup ## destroy the environment; asks first
	@$(RUN) python -m operations down --stack $(STACK) $(ARGS)

status: ## members, leader, health, certificates, owner of the address
	@$(RUN) python -m operations status --stack $(STACK) $(ARGS)

kubectl: ## make kubectl ARGS="get nodes"
	@$(RUN) python -m operations kubectl --stack $(STACK) -- $(ARGS)

test: setup ## all tests; tiers that cannot run say why
	@$(RUN) python -m pytest $(ARGS)

lint: setup ## formatting, lint, types
	@$(RUN) .ci/lint

lock: ## compile the pinned requirements again
	@python3 -m offline.setup.lock

bench: setup ## times, sizes and ratios
	@$(RUN) python -m benchmarks

docs: setup ## tables and diagrams that are made from the plan
	@$(RUN) python -m docs.generate

# One line each: every target calls one thing. STACK= picks the environment, EMULATE=1 an AWS on this computer.
STACK ?= local
ARGS ?=
SETUP ?=
RUN = python3 -m workbench.run $(if $(EMULATE),--emulate)

.PHONY: help setup up preview down status verify backup kubectl test test-fast lint lock drills fuzz foreign bench docs \
  golden plan review comment gate apply drift judge expiry

help: ## what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## everything a fresh machine needs, once
	@python3 -m workbench.setup --stack $(STACK) $(if $(EMULATE),--emulate) $(SETUP)

up: setup ## build the environment and print how to use it
	@$(RUN) python -m operations up --stack $(STACK)

preview: setup ## show what `up` would change
	@$(RUN) python -m operations preview --stack $(STACK)

down: setup ## destroy the environment; asks first
	@$(RUN) python -m operations down --stack $(STACK) $(ARGS)

status: ## show members, leader, health, certificates, owner of the address
	@$(RUN) python -m operations status --stack $(STACK) $(ARGS)

verify: ## run every check of a deployment and say what to do
	@$(RUN) python -m operations verify --stack $(STACK) $(ARGS)

backup: ## take a verified snapshot of etcd to this computer
	@$(RUN) python -m operations backup --stack $(STACK) $(ARGS)

kubectl: ## make kubectl ARGS="get nodes"
	@$(RUN) python -m operations kubectl --stack $(STACK) -- $(ARGS)

test: setup ## all tests; tiers that cannot run say why
	@$(RUN) python -m tests $(ARGS)

test-fast: ## unit, program and policy tests that start no program; no root
	@python3 -m workbench.setup --for lint
	@$(RUN) python -m tests --fast

lint: setup ## formatting, lint, types
	@$(RUN) .ci/lint

lock: ## compile the pinned requirements again
	@python3 -m workbench.setup.lock

drills: EMULATE = $(if $(filter-out local,$(STACK)),1)
drills: setup ## break it on purpose, account for every write, publish figures; STACK=dev on an AWS on this computer
	@python3 -m workbench.run python -m workbench.lab --stack $(STACK) $(ARGS)

fuzz: setup ## mutated settings with a fresh seed, and hostile documents; hours with ARGS="--inputs 100000"
	@$(RUN) python -m tests.unit.plan.fuzz $(or $(ARGS),--inputs 20000)
	@$(RUN) python -m tests.policy.fuzz $(or $(ARGS),--inputs 20000)

foreign: setup ## the real CLI judges every foreign program with the policies; ARGS=CASE for one
	@$(RUN) python -m tests.policy.foreign.by_cli $(ARGS)

bench: setup ## times, sizes and ratios; ARGS="aws --rounds 1" for one subject
	@$(RUN) python -m workbench.benchmarks $(ARGS)

docs: setup ## tables and diagrams that are made from the plan
	@$(RUN) python -m docs.generate
	@$(RUN) python -m policies.table

plan: setup ## draw the environment from its settings: .quorate/plan/STACK.svg
	@$(RUN) python -m operations plan --stack $(STACK) --output .quorate/plan/$(STACK).svg

golden: setup ## the golden files of leaves, texts and add-ons; read their difference before you commit
	@$(RUN) python -m tests.unit.plan.golden
	@$(RUN) python -m tests.unit.documents.golden
	@$(RUN) python -m tests.unit.addons.golden
	@$(RUN) python -m tests.program.add_ons

review: setup ## what a change does to the quorum; saves its plan for `make apply`
	@$(RUN) python -m operations review --stack $(STACK) $(ARGS)

comment: setup ## the reviews as one comment; PULL= writes it to that pull request
	@$(RUN) python -m operations comment $(if $(PULL),--pull $(PULL)) $(ARGS)

gate: ## RESULTS="success failure ...": what a pull request needs to be merged
	@.ci/gate $(RESULTS)

apply: setup ## update to the plan that `make review` saved
	@$(RUN) python -m operations apply --stack $(STACK)

drift: setup ## fail if the actual resources differ from the program
	@$(RUN) python -m operations drift --stack $(STACK)

judge: setup ## judge the state with the policies
	@$(RUN) python -m operations judge --stack $(STACK)

expiry: setup ## fail if a certificate in the state expires soon
	@$(RUN) python -m operations expiry --stack $(STACK) $(ARGS)

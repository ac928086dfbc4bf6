# Every task of this project is a target here; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := bash

# One build configuration for everything, so that the tests and the demonstration share one build.
# Warnings are errors by Package.swift itself.
SWIFT_BUILD := swift build

# Seconds. Tests that hang are tests that fail. Those of the tool, which start and kill processes in time, have a run of their own:
# beside tests that only compute they would come too late.
TEST_LIMIT := 1200

# What the build links: SCTP in user space, the kernel's SCTP sockets, and the reader of the drafts' XML.
BUILD_PACKAGES := libusrsctp-dev libsctp-dev libxml2-dev

.PHONY: help setup build demo test interop snmp fuzz examples docs drafts trace conformance simulate simulate-nightly lint format bench install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## check the Swift toolchain and install the Debian packages that the build needs
	@scripts/check-swift
	@scripts/install-packages $(BUILD_PACKAGES)

build: setup ## build the libraries and the tool
	$(SWIFT_BUILD)

demo: setup ## the main job: registrars, a pool and a user as processes over SCTP; one of each kind but the user is killed
	@$(SWIFT_BUILD) --quiet --product rserpool
	@"$$($(SWIFT_BUILD) --show-bin-path)/rserpool" demo

test: setup ## build and run every test
	$(SWIFT_BUILD) --build-tests
	timeout --kill-after=10 $(TEST_LIMIT) swift test --skip-build --disable-xctest --skip RSerPoolToolTests
	timeout --kill-after=10 $(TEST_LIMIT) swift test --skip-build --disable-xctest --filter RSerPoolToolTests

simulate: setup ## whole systems under faults on virtual time: seeds 1 to 500, then a minute of random ones
	$(SWIFT_BUILD) -c release --product rserpool
	@"$$($(SWIFT_BUILD) -c release --show-bin-path)/rserpool" simulate --runs 500
	@"$$($(SWIFT_BUILD) -c release --show-bin-path)/rserpool" simulate --random --time 60

# Hours; seconds of each of the three sizes.
NIGHTLY_SECONDS := 7200

simulate-nightly: setup ## as simulate, for hours: random seeds in worlds of three sizes
	$(SWIFT_BUILD) -c release --product rserpool
	@for size in "" "--elements 40 --users 12 --pools 5 --minutes 60" "--elements 1000 --users 50 --pools 100 --minutes 60"; do \
		"$$($(SWIFT_BUILD) -c release --show-bin-path)/rserpool" simulate --random --time $(NIGHTLY_SECONDS) $$size || exit 1; \
	done

interop: setup ## tests on kernel SCTP and against rsplib and tshark, in a user-mode Linux
	scripts/interop

snmp: setup ## a pool under management: our programs with snmpd and net-snmp's commands, every column compared
	scripts/snmp

fuzz: setup ## fuzz codecs and engines with libFuzzer, each target for FUZZ_SECONDS (60)
	scripts/fuzz

examples: setup ## build the programs in Examples/, run them, and check what they say
	scripts/examples

docs: setup ## DocC documentation of the libraries, in .build/documentation
	scripts/docs

drafts: setup ## render our specifications, Drafts/*.xml, to Drafts/text
	scripts/drafts

trace: setup ## which code and test stands for each requirement of Drafts/*.xml: Drafts/coverage.txt
	scripts/trace

# A specification that Drafts/ has, or all; MARKS=ignored is for implementations without marks.
SPEC := all
MARKS := counted

conformance: setup ## the tests that prove SPEC's requirements (asap, enrp, parameters, …, all), by section
	@REQUIREMENT_MARKS=$(MARKS) scripts/conformance $(SPEC)

lint: ## formatting and the style rules that a program can check
	@scripts/check-swift
	@scripts/check-style

format: ## format every Swift file in place
	git ls-files -co --exclude-standard -z -- '*.swift' | xargs -0 swift format format --in-place --parallel

bench: setup ## measure: what messages, associations and pool elements cost
	cd Benchmarks && swift run -c release transport-benchmark && swift run -c release registrar-benchmark && swift run -c release scale-benchmark

PREFIX := /usr/local
DESTDIR :=
INSTALL_ROOT = $(DESTDIR)$(PREFIX)

install: setup ## the tool, its manual pages and shell completions, under PREFIX (/usr/local), behind DESTDIR
	$(SWIFT_BUILD) -c release --product rserpool
	scripts/install-tool "$$($(SWIFT_BUILD) -c release --show-bin-path)/rserpool" "$(INSTALL_ROOT)"

clean: ## remove what was built
	rm -rf .build Benchmarks/.build Fuzz/.build Examples/.build

# The front door; CMake does the work (CMakePresets.json). `make help` lists what can be made.
.DEFAULT_GOAL := build

ifdef MICROPYTHON_DIR
configure_flags := -DMICROPYTHON_DIR=$(abspath $(MICROPYTHON_DIR))
export MICROPYTHON_DIR
endif

.PHONY: help install build build-tests setup demo check check-all powerloss boards firmware fuzz differential bench clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## The command, build/mprom, and the board SIM
	@cmake --preset default $(configure_flags) >build.log 2>&1 || { cat build.log; rm -f build.log; exit 1; }; rm -f build.log
	@cmake --build --preset default --target programs
	@scripts/say-missing

PREFIX ?= /usr/local
install: build ## Install the command and the emulator, in PREFIX (/usr/local), below DESTDIR if that is set
	@DESTDIR="$(DESTDIR)" cmake --install build --prefix "$(PREFIX)" || { \
		echo "make install: cannot install to $(DESTDIR)$(PREFIX): use sudo, or another place: make install PREFIX=$$HOME/.local" >&2; exit 1; }
	@scripts/say-missing

build-tests: ## That, and the programs of the tests and sweeps, with what they need
	@scripts/setup check
	@$(MAKE) --no-print-directory build
	@cmake --build --preset default

setup: ## Install what the build and the demo need (Debian packages, MicroPython's source)
	@scripts/setup

demo: setup ## Set up, build, start the board SIM, deploy examples/hello to it and show what it printed
	@$(MAKE) --no-print-directory build
	@scripts/demo

check: ## Set up and run the tests; long sweeps as a seeded sample
	@scripts/check

check-all: ## Set up and run the tests with every sweep in full
	@scripts/check --all

powerloss: build-tests ## Cut power at every flash operation; CASE=nor4k/larger/..., stranger/7 or mprom/slot/... replays a part or one
	@scripts/powerloss "$(CASE)"

fuzz: ## Feed hostile bytes to every parser; TARGET=NAME only to one, SECONDS=N for how long in total (600)
	@/usr/bin/python3 tests/fuzz/fuzz.py --seconds $(or $(SECONDS),600) $(TARGET)

differential: build-tests ## Compare with MicroPython's reader on 100,000 damaged images; SEED=N for others, CASE=N shows one
	@MPROM_BUILD_DIR=build MPROM_SOURCE_DIR=. PYTHONPATH=tests/support \
		MICROPYTHON_DIR=$(or $(MICROPYTHON_DIR),deps/micropython) PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 tests/differential/differential.py --seed $(or $(SEED),1) --count $(or $(COUNT),100000) \
		$(if $(CASE),--case $(CASE))

boards: ## Build the firmware of each board and prove it on an emulated one; BOARD=NAME takes one of them
	@scripts/boards $(BOARD)

firmware: ## Build MicroPython's own port with mprom inside: PORT=rp2 BOARD=RPI_PICO (docs/ports.md)
	@scripts/firmware "$(PORT)" "$(BOARD)"

bench: ## Measure against mpremote: name, ours, theirs, ratio, goal, met or missed; ROW=NAME takes those that begin so
	@scripts/bench $(if $(ROW),"$(ROW)")

clean: ## Remove what was built (deps/ stays)
	rm -rf build

# Kairan: what a person types. `make run` shows it, `make test` proves it.
#
# Both install the system packages that are missing, say which, and ask for nothing that is there.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test soak bench set-up-to-run set-up-to-test set-up-to-soak set-up-to-bench

# To build: a C compiler for SQLite and the TLS library, ALSA for sound. To show a window: what X11 and
# Wayland need. To speak: the synthesiser with its dictionary.
RUN_PACKAGES := gcc libc6-dev pkg-config libfontconfig1-dev libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1 libxcursor1 libxi6 libxrandr2 ca-certificates libasound2-dev open-jtalk open-jtalk-mecab-naist-jdic
# To test also: a sound server of its own that is killed and started, and ALSA's way to it; and, to touch a real window
# with several fingers, an X server without a screen, whose touch screen a program moves.
TEST_PACKAGES := $(RUN_PACKAGES) postgresql procps chromium chromium-driver fonts-noto-cjk pulseaudio pulseaudio-utils libasound2-plugins xserver-xorg-core xserver-xorg-video-dummy dbus-daemon
SOAK_PACKAGES := $(TEST_PACKAGES) python3 python3-venv default-jre-headless
BENCH_PACKAGES := $(TEST_PACKAGES) xvfb xdotool nginx-light wrk curl time

help:
	@echo "make run    builds Kairan, starts the backend with demonstration content and opens a tablet's window"
	@echo "make test   checks format and lints, runs every test (up to 40 minutes the first time)"
	@echo "make soak   the long forms: hundreds of kills, a day of random touches, other engines over the same records"
	@echo "make bench  measures start, memory, bytes on the wire and requests a second"

# Installs those of $(1) that are missing.
define install
	@missing=""; for package in $(1); do \
		dpkg-query -W -f '$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "Installing missing system packages:$$missing"; \
		as_root=""; [ "$$(id -u)" = 0 ] || as_root="sudo"; \
		$$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null \
			|| { echo "They could not be installed. Install them by hand and try again:$$missing"; exit 1; }; \
	fi
	@command -v cargo >/dev/null || { echo "Rust is missing. Install it as https://rustup.rs says and try again."; exit 1; }
endef

set-up-to-run:
	$(call install,$(RUN_PACKAGES))

set-up-to-test:
	$(call install,$(TEST_PACKAGES))
	@command -v cargo-nextest >/dev/null || { echo "Installing the test runner, which takes about 5 minutes, once."; cargo install --locked cargo-nextest; }

set-up-to-soak: set-up-to-test
	$(call install,$(SOAK_PACKAGES))
	@[ -x $(ENGINES)/bin/python ] || { python3 -m venv $(ENGINES) && $(ENGINES)/bin/pip install --quiet duckdb==2.0.1 pyspark==3.5.9 "moto[server,s3]==5.2.5"; }

set-up-to-bench:
	$(call install,$(BENCH_PACKAGES))

# Builds $(1) for release. On a terminal cargo shows how far it is; in a log it is said every minute.
define build
	@if [ -t 2 ]; then exec cargo build --release $(1); fi; \
	all=$$(cargo tree $(1) --edges normal,build --prefix none | cut -d' ' -f1,2 | sort -u | wc -l); \
	set -o pipefail; cargo build --release $(1) 2>&1 | { \
		begun=0 told=0 line=; \
		while IFS= read -r -t 10 line || [ $$? -gt 128 ]; do \
			case "$$line" in *Compiling*) begun=$$((begun + 1));; ?*) echo "$$line";; esac; line=; \
			if [ $$((SECONDS / 60)) -gt $$told ]; then told=$$((SECONDS / 60)); echo "$$told min: $$begun of $$all crates are begun or built"; fi; \
		done; \
	}
endef

RELEASE := target/release
ENGINES := target/engines
DEMONSTRATION := target/demonstration

run: set-up-to-run
	@[ -x $(RELEASE)/kairan-tablet ] || echo "Building for the first time: about 12 minutes on 2 cores. Later it takes seconds."
	$(call build,-p kairan-backend -p kairan-tablet)
	@mkdir -p $(DEMONSTRATION); \
	$(RELEASE)/kairan serve --demo --listen 127.0.0.1:0 --data $(DEMONSTRATION)/backend > $(DEMONSTRATION)/address 2> $(DEMONSTRATION)/backend.log & backend=$$!; \
	tablet=; status=0; \
	stop() { trap '' INT TERM HUP; kill -TERM $$tablet $$backend 2>/dev/null; wait $$tablet $$backend 2>/dev/null; exit $$status; }; \
	trap stop EXIT; trap 'exit' INT TERM HUP; \
	for _ in $$(seq 100); do grep -q listening $(DEMONSTRATION)/address && break; kill -0 $$backend 2>/dev/null || break; sleep 0.1; done; \
	address=$$(sed -n 's/^listening on //p' $(DEMONSTRATION)/address); \
	[ -n "$$address" ] || { cat $(DEMONSTRATION)/backend.log; status=1; exit; }; \
	echo "The backend answers at $$address (its log: $(DEMONSTRATION)/backend.log)"; \
	if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "The tablet's window opens. Close it, or press Ctrl-C here, to stop both."; \
		$(RELEASE)/kairan-tablet --backend "$$address" --data $(DEMONSTRATION)/tablet --practised \
			--enrol "$$($(RELEASE)/kairan enrolment-code --data $(DEMONSTRATION)/backend)" & tablet=$$!; \
		wait $$tablet; status=$$?; \
	else \
		$(RELEASE)/kairan-tablet screens --out $(DEMONSTRATION)/screens >/dev/null & tablet=$$!; \
		wait $$tablet; \
		echo "There is no display here, so the tablet's screens are drawn as pictures in $(DEMONSTRATION)/screens; the backend stays up until Ctrl-C."; \
		wait $$backend; \
	fi

# What `cargo clippy -- -D warnings` does while it checks, done while our crates are built: so what they stand on is built
# once, and not checked before.
LINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__

test: set-up-to-test
	cargo fmt --all --check
	@# That a warning fails is clippy's own way, which may change: what must fail does.
	@! echo 'fn unused() {}' | $(LINTED) clippy-driver rustc - --crate-name planted --crate-type lib --emit=metadata -o /dev/null 2>/dev/null \
		|| { echo "clippy-driver lets a warning pass: run cargo clippy --workspace --all-targets -- -D warnings instead"; exit 1; }
	$(LINTED) cargo build --workspace --bins --quiet
	KAIRAN_SET_UP=1 $(LINTED) cargo nextest run --workspace --no-fail-fast
	@# What must not compile: a page that does not say who may see it.
	$(LINTED) cargo test --doc --workspace --quiet
	@# What came of each real file is worth seeing, though it passed.
	@[ -z "$$KAIRAN_SAMPLES" ] || $(LINTED) cargo nextest run -p kairan-tests --success-output final samples real_timetables

soak: set-up-to-soak
	$(LINTED) cargo build --workspace --bins --quiet
	KAIRAN_TABLET_KILLS=200 KAIRAN_BACKEND_KILLS=100 KAIRAN_CLOSING_KILLS=100 KAIRAN_ERASING_KILLS=100 KAIRAN_RANDOM_TOUCHES=10000 KAIRAN_SOUND_KILLS=20 \
		$(LINTED) cargo nextest run -p kairan-tests --success-output final kills random_touches sound_server
	@# The days' files in a bucket: a server that speaks S3, on the loopback, for one test.
	$(ENGINES)/bin/moto_server -H 127.0.0.1 -p 5987 >/dev/null 2>&1 & bucket=$$!; trap 'kill $$bucket' EXIT; \
	for _ in $$(seq 100); do $(ENGINES)/bin/python -c 'import urllib.request as r; r.urlopen(r.Request("http://127.0.0.1:5987/kairan", method="PUT"))' 2>/dev/null && break; sleep 0.1; done; \
	AWS_ENDPOINT=http://127.0.0.1:5987 AWS_ALLOW_HTTP=true AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 \
		KAIRAN_BUCKET=s3://kairan/pilot $(LINTED) cargo nextest run -p kairan-tests days_lie_in_a_bucket
	rm -rf target/pilot
	target/debug/kairan simulate --loans 200 --days 90 --seed 3 --out target/pilot
	target/debug/kairan report --data target/pilot --from 2026-04-01 --to 2026-06-28 --out target/pilot/report
	$(ENGINES)/bin/python tests/engines/compare.py target/pilot target/pilot/report/report.json src/evaluation/summaries --spark

bench: set-up-to-bench
	cargo build --release -p kairan-tests --bin kairan-bench --bin driven-tablet
	cargo build --release -p kairan-backend -p kairan-tablet
	$(RELEASE)/kairan-bench

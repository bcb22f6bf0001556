# `make demo` and `make test` set up a Debian 12 with a Swift toolchain by themselves and then do their job.
# Every target can be run alone; none reads standard input.

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
DEMO ?= captures/401-token-expired/capture.pcapng
RELEASE := swift build -c release --static-swift-stdlib -Xlinker -s --product wsdiag
BINARY := .build/release/wsdiag

.PHONY: help build demo test install uninstall lint bench bench-proxy soak fuzz captures golden generated calibrate sanitize clean

help:
	@echo "make demo       build, then explain a shipped capture"
	@echo "make test       every test"
	@echo "make build      $(BINARY)"
	@echo "make install    program, manual page and completions under PREFIX ($(PREFIX))"
	@echo "make lint       format, import arrows, house rules"
	@echo "make bench      seconds and memory on a big capture, beside the peers installed here"
	@echo "make bench-proxy  what a relayed message costs, beside the proxies installed here"
	@echo "make soak       a million relayed messages and 500 MB: memory stays flat"
	@echo "make fuzz       every fuzz target for FUZZ_SECONDS ($(FUZZ_SECONDS))"
	@echo "make sanitize   the tests under the address and the thread sanitizer"
	@echo "make captures   record the shipped captures anew"
	@echo "make golden     rewrite the expected reports; read the difference before committing"
	@echo "make generated  rewrite the manual page, the completions, docs/causes and the README's demo"
	@echo "make calibrate  the judge against the labelled captures"

build:
	@.ci/setup build
	@$(RELEASE)

# Exit code 1 of `explain` means: at least one problem explained. Here that is success.
demo: build
	@echo
	@echo "\$$ wsdiag explain $(DEMO)"
	@$(BINARY) explain $(DEMO) || [ $$? -eq 1 ]

test:
	@.ci/setup test
	swift build --build-tests
	@[ ! -f Tests/Bench/truth.py ] || python3 Tests/Bench/truth.py .build/debug/wsdiag
	swift test --skip-build --disable-xctest --parallel

install: build
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/wsdiag
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 docs/wsdiag.1 $(DESTDIR)$(PREFIX)/share/man/man1/wsdiag.1
	$(BINARY) completions bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/wsdiag
	$(BINARY) completions zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_wsdiag
	$(BINARY) completions fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/wsdiag.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/wsdiag $(DESTDIR)$(PREFIX)/share/man/man1/wsdiag.1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/wsdiag \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_wsdiag \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/wsdiag.fish

lint:
	@.ci/lint
	@.ci/arrows

bench: build
	@python3 Tests/Bench/bench.py $(BENCH)

bench-proxy: build
	@python3 Tests/Bench/bench_proxy.py $(BINARY)

soak: build
	@python3 Tests/Bench/bench_proxy.py --soak $(BINARY)

fuzz:
	@.ci/setup test
	@Tests/Fuzz/run $(FUZZ_SECONDS)

captures: build
	captures/record/record.sh

golden:
	@.ci/setup test
	WSDIAG_RECORD=1 swift test --disable-xctest
	@git --no-pager diff --stat -- captures Tests

generated: build
	@.ci/generated write

calibrate: build
	@.ci/setup test
	WSDIAG_CALIBRATE=1 swift test --disable-xctest --filter Calibration

# Each sanitizer keeps its own build. A mutex of the standard library looks like a race to the thread sanitizer,
# so the program has none; what it reports is real. The leak detector cannot follow the tagged pointers of constant
# tables in globals and calls each of them a leak, so it is off. The quarantine of freed memory is small, because some
# tests watch memory.
sanitize:
	@.ci/setup test
	ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=4:thread_local_quarantine_size_kb=64 \
	    swift test --disable-xctest --sanitize=address --scratch-path .build/address
	swift test --disable-xctest --sanitize=thread --scratch-path .build/thread

clean:
	rm -rf .build bench-data fuzz-corpus

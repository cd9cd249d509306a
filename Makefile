# What people type; the work is CMake's and scripts/'s.
PREFIX ?= /usr/local
BUILD ?= build/release
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 900

# `make -j4` is handed on; without it Ninja takes every core.
jobs = $(patsubst -j%,--parallel %,$(filter -j%,$(MAKEFLAGS)))
configure = cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
installed = $(DESTDIR)$(PREFIX)

.PHONY: build everything screenshots test demo run bench soak fuzz mutate format lint install uninstall deb release

# The daemon and its command line: what an installation needs. Nothing of the tests has to be there for it.
build: $(BUILD)/build.ninja
	cmake --build $(BUILD) $(jobs) --target headroomd headroomctl manual

# A folder that has been configured with the tests keeps them.
$(BUILD)/build.ninja:
	$(configure) -DHEADROOM_TESTS=OFF

everything:
	scripts/install-deps test
	$(configure) -DHEADROOM_TESTS=ON
	cmake --build $(BUILD) $(jobs)

test:
	scripts/test

demo:
	scripts/demo

run:
	scripts/install-deps demo
	scripts/build-simulator $(BUILD)
	scripts/run $(BUILD)

# The pictures of the README.
screenshots: everything
	HEADROOM_BUILD=$(BUILD) node tests/web/screenshots.mjs docs/images

bench: everything
	@for program in $(BUILD)/tests/bench/*_bench; do echo "== $$program"; "$$program" || exit 1; done
	scripts/install-deps bench
	tests/bench/webhook_bench.sh $(BUILD) --table docs/performance.md

# Each target for so long, one after the other; with clang, in a build folder of their own.
fuzz:
	scripts/install-deps test
	tests/fuzz/build_targets.sh . build/fuzz
	@failed=0; for corpus in tests/fuzz/corpus/*; do \
	  tests/fuzz/run_target.sh build/fuzz "$${corpus##*/}" $(FUZZ_SECONDS) || failed=1; done; exit $$failed

# Plants one-line faults into a copy of the tree, one at a time: each has to be noticed by a test.
mutate:
	scripts/install-deps test
	tests/mutate/run -j "$$(nproc)"

# The long forms of what CTest runs in short; each ends by itself, the first three soon after SOAK_SECONDS, the
# million worlds of the model check after about two hours on two cores.
soak: everything
	$(BUILD)/tests/soak/soak_kill --kills 5000 --seconds $(SOAK_SECONDS)
	$(BUILD)/tests/soak/soak_fault --rounds 5000 --seconds $(SOAK_SECONDS)
	$(BUILD)/tests/soak/soak_nodes --troubles 100000 --seconds $(SOAK_SECONDS)
	$(BUILD)/tests/soak/soak_lost_replies --requests 1000000
	FORGED_GROUPS=1000000 $(BUILD)/tests/e2e/e2e_test --gtest_filter='Forgery.*'
	THROTTLED_GROUPS=40 $(BUILD)/tests/e2e/e2e_test --gtest_filter='Throttling.*'
	seq 1000000 25000 1975000 | xargs -P "$$(nproc)" -I{} $(BUILD)/tests/model/model_check --first {} --worlds 25000
	scripts/install-deps systemd
	tests/packaging/real_systemd.sh $(BUILD)
	scripts/install-deps deb
	tests/packaging/deb_lifecycle.sh

# Debian packages, in build/deb.
deb:
	scripts/install-deps deb
	scripts/deb

# make release VERSION=1.2.3: changelog section, tag, source archive, packages, checksums, in build/release-1.2.3.
release:
	scripts/install-deps deb
	scripts/release "$(VERSION)"

format:
	scripts/install-deps lint
	git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs clang-format -i

lint: everything
	scripts/install-deps lint
	scripts/lint-openapi
	git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs clang-format --dry-run --Werror
	git ls-files -co --exclude-standard 'src/*.cpp' | xargs -P "$$(nproc)" -n 4 clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option -p $(BUILD)

# DESTDIR is honoured by cmake --install itself.
install: build
	umask 022 && cmake --install $(BUILD) --prefix $(PREFIX) --strip

# Not the configuration, the secrets, the user and the database: they are the operator's.
uninstall:
	rm -f $(installed)/bin/headroomd $(installed)/bin/headroomctl $(installed)/lib/sysusers.d/headroom.conf
	rm -f $(installed)/share/man/man1/headroomctl.1 $(installed)/share/man/man5/headroom.conf.5 $(installed)/share/man/man8/headroomd.8
	for program in headroomctl headroomd; do rm -f $(installed)/share/bash-completion/completions/$$program \
	  $(installed)/share/zsh/site-functions/_$$program $(installed)/share/zsh/vendor-completions/_$$program \
	  $(installed)/share/fish/vendor_completions.d/$$program.fish; done
	rm -f $(installed)/lib/systemd/system/headroomd.service $(installed)/lib/systemd/system/headroomd@.service $(installed)/lib/systemd/system/headroomd-migrate.service
	rm -rf $(installed)/share/doc/headroom

# What people type; the work is CMake's and scripts/'s.
PREFIX ?= /usr/local
BUILD ?= build/release
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 900

.PHONY: build test demo run bench soak fuzz format lint install

build: $(BUILD)/build.ninja
	cmake --build $(BUILD)

$(BUILD)/build.ninja:
	cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=$(PREFIX) \
	  -DCMAKE_EXPORT_COMPILE_COMMANDS=ON

test:
	scripts/test

demo:
	scripts/demo

run: build
	scripts/run $(BUILD)

bench: build
	@for program in $(BUILD)/tests/bench/*_bench; do echo "== $$program"; "$$program" || exit 1; done
	scripts/install-deps bench
	tests/bench/webhook_bench.sh $(BUILD) --table docs/performance.md

# Each target for so long, one after the other; with clang, in a build folder of their own.
fuzz:
	scripts/install-deps test
	tests/fuzz/build_targets.sh . build/fuzz
	@failed=0; for corpus in tests/fuzz/corpus/*; do \
	  tests/fuzz/run_target.sh build/fuzz "$${corpus##*/}" $(FUZZ_SECONDS) || failed=1; done; exit $$failed

# The long forms of what CTest runs in short; each ends by itself, the first two after SOAK_SECONDS at the latest.
soak: build
	$(BUILD)/tests/soak/soak_kill --kills 5000 --seconds $(SOAK_SECONDS)
	$(BUILD)/tests/soak/soak_fault --rounds 5000 --seconds $(SOAK_SECONDS)
	$(BUILD)/tests/soak/soak_lost_replies --requests 1000000
	FORGED_GROUPS=1000000 $(BUILD)/tests/e2e/e2e_test --gtest_filter='Forgery.*'
	$(BUILD)/tests/model/model_check --first 1000000 --worlds 10000000 --seconds $(SOAK_SECONDS)

format:
	scripts/install-deps lint
	git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs clang-format -i

lint: build
	scripts/install-deps lint
	scripts/lint-openapi
	git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs clang-format --dry-run --Werror
	git ls-files -co --exclude-standard 'src/*.cpp' | xargs -P "$$(nproc)" -n 4 clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option -p $(BUILD)

# The prefix stands in the units: CMake has to know it. DESTDIR is honoured by cmake --install itself.
install: build
	cmake -S . -B $(BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX)
	cmake --install $(BUILD)

# parts.sh — the parts of the tests, one function each.
# SPDX-License-Identifier: Apache-2.0

GCC_BUILD=$REPO/build-gcc
ASAN_BUILD=$REPO/build-asan
RUNNER_BUILD=$REPO/build-runner
TSAN_BUILD=$REPO/build-tsan

export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

node_is_good() {
	have_command node && [ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ]
}

clang_has_runtime() {
	have_command clang && compgen -G "$(clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer-*.a" >/dev/null
}

missing_test_packages() {
	missing_base_packages
	have_library cmocka || echo libcmocka-dev
	have_command clang || echo clang
	clang_has_runtime || echo libclang-rt-dev
	have_command clang-format || echo clang-format
	have_command chromium || echo chromium
	have_command openssl || echo openssl
	have_command git || echo git
	node_is_good || echo nodejs
	have_command npm || echo npm
	have_command dpkg-shlibdeps || echo dpkg-dev
	have_command lintian || echo lintian
	have_command fakeroot || echo fakeroot
	have_command nginx || [ -x /usr/sbin/nginx ] || echo nginx-light
	[ -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] || echo libnginx-mod-http-brotli-static
	have_command promtool || echo prometheus
}

part_packages() {
	local missing
	mapfile -t missing < <(missing_test_packages)
	if [ ${#missing[@]} -gt 0 ]; then
		echo "installing ${missing[*]}"
		install_programs "${missing[@]}" || return 1
		mapfile -t missing < <(missing_test_packages)
	fi
	[ ${#missing[@]} -eq 0 ] || { echo "still missing: ${missing[*]}" && return 1; }
	count 1 0
}

# build FOLDER CMAKE-OPTION… — configure and build; any warning is an error.
build() {
	local folder=$1
	shift
	cmake -S "$REPO" -B "$folder" -DASSAY_WERROR=ON "$@" && cmake --build "$folder" --parallel "$(nproc)"
}

part_build_gcc() {
	single build "$GCC_BUILD" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release -DASSAY_TESTS=ON
}

part_build_sanitize() {
	single build "$ASAN_BUILD" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		-DASSAY_TESTS=ON -DASSAY_SANITIZE=ON -DASSAY_FUZZ=ON
}

# The runner must build where neither libpq nor libevent can be found: pkg-config is shown only the
# libraries that it may use.
part_build_runner() {
	local found=$WORK/pkgconfig name dir
	mkdir -p "$found"
	rm -rf "$RUNNER_BUILD"
	for name in jansson libsodium libcurl zlib; do
		dir=$(pkg-config --variable=pcfiledir "$name") && cp "$dir/$name.pc" "$found/"
	done
	single env PKG_CONFIG_LIBDIR="$found" cmake -S "$REPO" -B "$RUNNER_BUILD" -DASSAY_WERROR=ON \
		-DASSAY_DAEMON=OFF -DASSAY_TESTS=OFF -DCMAKE_DISABLE_FIND_PACKAGE_PostgreSQL=ON || return 1
	single cmake --build "$RUNNER_BUILD" --parallel "$(nproc)" || return 1
	single test ! -e "$RUNNER_BUILD/assayd"
	single "$RUNNER_BUILD/assay" --version
	single sh -c "! ldd '$RUNNER_BUILD/assay' | grep -E 'libpq|libevent'"
}

node_tests() {
	local log=$1
	shift
	# Two at a time where node can: they mostly wait for servers.
	local together=()
	! node --help | grep -q -- --test-concurrency || together=(--test-concurrency=2)
	# shellcheck disable=SC2086 # a command's words
	${WRAP:-} node --test --test-reporter=tap "${together[@]}" "$@" >"$log" 2>&1
	# What failed stands last, so that it is what the end of the log shows.
	grep -vE '^# (Subtest|tests|suites|duration_ms)' "$log"
	echo
	grep -E '^ *not ok ' "$log"
	sed -nE 's/^ *ok [0-9]+ - (.*) # SKIP ?(.*)/\1: \2/p' "$log" >>"$WORK/why"
	count_node "$log"
}

part_style() {
	node_tests "$WORK/style.tap" tests/system/arrows.test.mjs
}

# unit_tests NAME FOLDER [CTEST-OPTION…]
unit_tests() {
	local log=$WORK/unit-$1.txt
	ctest --test-dir "$2" --verbose --timeout 300 "${@:3}" >"$log" 2>&1
	cat "$log"
	count_ctest "$log"
}

part_unit() {
	unit_tests gcc "$GCC_BUILD"
}

part_unit_sanitize() {
	unit_tests sanitize "$ASAN_BUILD"
}

# What the intervals cover, in millions of cells, and how often a gate is wrong.
part_simulate() {
	unit_tests simulate "$GCC_BUILD" -C long -R '^simulate'
}

part_sql() {
	ASSAY_BIN=$ASAN_BUILD node_tests "$WORK/sql.tap" tests/system/sql/sql.test.mjs
}

part_system() {
	local files
	mapfile -t files < <(find tests/system -maxdepth 1 -name '*.test.mjs' ! -name arrows.test.mjs | sort)
	ASSAY_BIN=$ASAN_BUILD ASSAY_TORTURE_KILLS=$TORTURE_KILLS node_tests "$WORK/system.tap" "${files[@]}"
}

# Threads meet where statements are taken: those tests, and the connections', under ThreadSanitizer.
part_tsan() {
	single build "$TSAN_BUILD" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		-DASSAY_RUNNER=OFF -DASSAY_TESTS=ON -DASSAY_TSAN=ON || return 1
	single "$TSAN_BUILD/tests/test_conn"
	TSAN_OPTIONS=halt_on_error=1 ASSAY_BIN=$TSAN_BUILD node_tests "$WORK/tsan.tap" \
		tests/system/statements.test.mjs tests/system/batch.test.mjs tests/system/failures.test.mjs
}

# Every case file is a seed for every fuzzer: those that teach it nothing are dropped by it.
collect_seeds() {
	local seeds=$1 file
	mkdir -p "$seeds"
	find tests/cases -type f -size -64k | while read -r file; do
		cp "$file" "$seeds/$(printf '%s' "$file" | sha1sum | cut -c1-16)"
	done
}

fuzz_one() {
	local fuzzer=$1 name=$2 corpus=$WORK/corpus/$2 log=$LOGS/fuzz-$2.log dictionary=()
	mkdir -p "$corpus"
	[ ! -f "tests/fuzz/$name.dict" ] || dictionary=(-dict="tests/fuzz/$name.dict")
	echo "== $name"
	# LeakSanitizer cannot see into a process under a debugger or in some sandboxes; elsewhere it is on.
	"$fuzzer" "${dictionary[@]}" "${FUZZ_BUDGET[@]}" -max_len=65536 -timeout=60 \
		-rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$LOGS/crash-$name-" \
		"$corpus" "$WORK/seeds" >"$log" 2>&1 && { grep -a '^stat::' "$log"; return 0; }
	FUZZ_FAILED+=("$name") && return 1
}

# What a fuzzer died of, with its input, so that it can be tried again from what was printed alone.
fuzz_told() {
	local name=$1 input
	echo "== $name failed"
	grep -a -E 'ERROR|SUMMARY|runtime error|^ +#[0-9]+ ' "$LOGS/fuzz-$name.log" | head -n 16 | cut -c1-200
	for input in "$LOGS/crash-$name-"*; do
		[ -f "$input" ] || continue
		echo "$input, the first 2,000 bytes in base64 of gzip:"
		head -c 2000 "$input" | gzip -9 | base64
	done
}

part_fuzz() {
	local fuzzer name found=no
	collect_seeds "$WORK/seeds"
	for fuzzer in "$ASAN_BUILD"/tests/fuzz_*; do
		[ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
		found=yes
		single fuzz_one "$fuzzer" "$(basename "$fuzzer" | sed 's/^fuzz_//')"
	done
	for name in "${FUZZ_FAILED[@]}"; do
		fuzz_told "$name"
	done
	[ $found = yes ]
}

# The browser driver comes from npm by the lock file; Chromium itself from Debian.
web_packages() {
	if [ ! -d tests/web/node_modules ] || [ tests/web/package-lock.json -nt tests/web/node_modules ]; then
		npm ci --prefix tests/web --no-audit --no-fund --ignore-scripts && touch tests/web/node_modules
	fi
}

part_web() {
	web_packages || return 1
	node_tests "$WORK/web.tap" tests/web/unit/*.test.mjs
}

part_board() {
	web_packages || return 1
	ASSAY_BIN=$ASAN_BUILD node_tests "$WORK/board.tap" tests/web/*.test.mjs
}

# The Debian packages; in `long` also in a plain Debian, which takes minutes to fetch.
part_package() {
	if [ -n "$LONG" ] && [ ! -x /usr/sbin/debootstrap ]; then
		install_programs debootstrap || return 1
	fi
	ASSAY_LONG=$LONG ASSAY_BIN=$GCC_BUILD node_tests "$WORK/package.tap" tests/system/packages/packages.test.mjs
}

# What takes minutes: three hosts whose parts are killed, a million statements migrated, a backup restored. In a network
# of its own where that may be made.
part_operate() {
	local missing=() apart=() file
	[ -x /usr/sbin/haproxy ] || missing+=(haproxy)
	have_command etcd || missing+=(etcd-server)
	have_command patroni || missing+=(patroni)
	have_command pgbackrest || missing+=(pgbackrest)
	[ -n "$(ls /usr/lib/*/libnss_wrapper.so 2>/dev/null)" ] || missing+=(libnss-wrapper)
	[ ${#missing[@]} -eq 0 ] || install_programs "${missing[@]}" || return 1
	! unshare --net true 2>/dev/null || apart=(unshare --net)
	# One after another: each wants the machine for itself.
	for file in tests/system/operate/*.test.mjs; do
		ASSAY_BIN=$GCC_BUILD ASSAY_CLUSTER_HOSTS=namespaces WRAP="${apart[*]}" \
			node_tests "$WORK/$(basename "$file").tap" "$file"
	done
	ASSAY_BIN=$GCC_BUILD ASSAY_CLUSTER_HOSTS=relays WRAP="${apart[*]}" \
		node_tests "$WORK/relays.tap" tests/system/operate/cluster.test.mjs
}

part_quickstart() {
	node_tests "$WORK/quickstart.tap" tests/system/quickstart/quickstart.test.mjs
}

bench_packages() {
	have_command wrk || install_programs wrk
}

# What a stored submission, a shown one and a static file cost, and one more beside 10,000 and 100,000, what an honest
# client feels among 10,000 others,
# how fast a log is audited, how many votes a second become estimates, and what measuring adds to the times of 64 streams.
# Nothing is asserted but that they run to their end.
part_bench() {
	single bench_packages && web_packages || return 1
	single node tests/bench/board.mjs 10000
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/ingest.mjs 20000
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/scale.mjs 20000
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/stored.mjs 10000
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/stored.mjs 100000 0
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/static.mjs
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/hostile.mjs 10000 10
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/audit.mjs 20000
	single "$GCC_BUILD/tests/votes"
	single env ASSAY_BIN="$GCC_BUILD" node tests/bench/serving.mjs 64 20
}

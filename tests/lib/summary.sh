# summary.sh — run parts of the tests, count what they did, say it at the end.
# SPDX-License-Identifier: Apache-2.0
#
# A part is a function part_NAME with its output in a log. It reports single tests with count().

declare -A PASSED FAILED SKIPPED SECONDS_OF
RAN=()

# count PASSED FAILED [SKIPPED] — add to the running part's numbers. For use inside a part.
count() {
	printf '%s %s %s\n' "$1" "$2" "${3:-0}" >>"$WORK/count"
}

# skip WHY [N] — count N tests as skipped and say why at the end of the part.
skip() {
	printf '%s\n' "$1" >>"$WORK/why"
	count 0 0 "${2:-1}"
}

# A part that is one test: does the command succeed?
single() {
	if "$@"; then
		count 1 0
	else
		count 0 1
		return 1
	fi
}

run_part() {
	local part=$1 log=$LOGS/$1.log began=$SECONDS code
	: >"$WORK/count"
	: >"$WORK/why"
	printf '%-15s ' "$part"
	("part_${part//-/_}") >"$log" 2>&1 </dev/null
	code=$?
	read -r PASSED[$part] FAILED[$part] SKIPPED[$part] < <(
		awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$WORK/count")
	# A part that ended badly, or did nothing at all, has failed whatever it counted.
	if [ "${FAILED[$part]}" -eq 0 ] && { [ $code -ne 0 ] ||
		[ $((PASSED[$part] + SKIPPED[$part])) -eq 0 ]; }; then
		FAILED[$part]=1
	fi
	SECONDS_OF[$part]=$((SECONDS - began))
	RAN+=("$part")
	part_line "$part"
	sed 's/^/                skipped: /' "$WORK/why"
	if part_failed "$part"; then
		printf '    the end of %s:\n' "$log"
		tail -n 60 "$log" | sed 's/^/    | /'
	fi
}

part_failed() {
	[ "${FAILED[$1]}" -gt 0 ]
}

part_line() {
	printf '%5d passed %4d failed %4d skipped %5d s\n' \
		"${PASSED[$1]}" "${FAILED[$1]}" "${SKIPPED[$1]}" "${SECONDS_OF[$1]}"
}

# The last line is exactly "N passed, N failed", with ", N skipped" if there were any.
print_summary() {
	local part passed=0 failed=0 skipped=0
	printf '\n'
	for part in "${RAN[@]}"; do
		printf '%-15s ' "$part"
		part_line "$part"
		passed=$((passed + PASSED[$part]))
		failed=$((failed + FAILED[$part]))
		skipped=$((skipped + SKIPPED[$part]))
	done
	printf '\n'
	if [ $failed -gt 0 ]; then
		printf 'Logs: %s\n' "$LOGS"
		KEEP_LOGS=yes
	fi
	printf '%d passed, %d failed' "$passed" "$failed"
	[ $skipped -eq 0 ] || printf ', %d skipped' "$skipped"
	printf '\n'
	[ $failed -eq 0 ] && [ $passed -gt 0 ]
}

KEEP_LOGS=''

clean_up() {
	if [ -n "$KEEP_LOGS" ]; then
		find "$WORK" -mindepth 1 -maxdepth 1 ! -name logs -exec rm -rf {} +
	else
		rm -rf "$WORK"
	fi
}

# Read node's TAP summary: one test file may hold many tests.
count_node() {
	local log=$1 passed failed cancelled skipped todo
	passed=$(tap_number pass "$log")
	failed=$(tap_number fail "$log")
	cancelled=$(tap_number cancelled "$log")
	skipped=$(tap_number skipped "$log")
	todo=$(tap_number todo "$log")
	count "$passed" $((failed + cancelled + todo)) "$skipped"
	[ $((failed + cancelled + todo)) -eq 0 ]
}

tap_number() {
	awk -v word="$1" '$1 == "#" && $2 == word && NF == 3 { n = $3 } END { print n + 0 }' "$2"
}

# Read the closing lines of each cmocka program in ctest's verbose output; a program that prints none
# counts as one test by its exit.
count_ctest() {
	local log=$1 passed failed skipped crashed
	passed=$(awk '/\[  PASSED  \] [0-9]+ test/ { for (i = 1; i < NF; i++) if ($i == "]") n += $(i + 1) } END { print n + 0 }' "$log")
	failed=$(awk '/\[  FAILED  \] [0-9]+ test/ { for (i = 1; i < NF; i++) if ($i == "]") n += $(i + 1) } END { print n + 0 }' "$log")
	skipped=$(awk '/\[  SKIPPED \] [0-9]+ test/ { for (i = 1; i < NF; i++) if ($i == "]") n += $(i + 1) } END { print n + 0 }' "$log")
	crashed=$(awk '/ tests? failed out of / { print $4; exit }' "$log")
	if [ "$failed" -eq 0 ]; then
		failed=${crashed:-1}
	fi
	count "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ]
}

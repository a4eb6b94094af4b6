# say.sh — plain words on the terminal, noise in a log file, its tail when something failed.
# SPDX-License-Identifier: Apache-2.0

# The caller sets LOG to a writable file before the first try.
LOG=${LOG:-}
# Set once the reason for ending has been told.
SAID=''

say() {
	printf '%s\n' "$*"
}

# Say what went wrong and what to do, and end. Arguments are lines.
fail() {
	SAID=yes
	printf 'quickstart: %s\n' "$1" >&2
	shift
	for line in "$@"; do
		printf '  %s\n' "$line" >&2
	done
	exit 1
}

# Run a command whose output belongs in the log. On failure show the end of the log and stop.
# try "what is being done" command…
try() {
	local what=$1
	shift
	printf '\n== %s: %s\n' "$what" "$*" >>"$LOG"
	if "$@" >>"$LOG" 2>&1 9>&-; then
		return 0
	fi
	SAID=yes
	printf 'quickstart: %s failed. The end of %s:\n' "$what" "$LOG" >&2
	tail -n 25 "$LOG" | awk '{ print "  | " $0 }' >&2
	printf '%s\n' "  Mend what it names and run the same command again: it carries on from here." >&2
	exit 1
}

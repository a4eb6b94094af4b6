# submitter.sh — a submitter of its own: key, enrolment, the example results, until the board shows them.
# SPDX-License-Identifier: Apache-2.0
#
# Uses DATA, STATE, LOG, APP, PORT, REPO and http from quickstart and server.sh.

runner() {
	"$APP/bin/assay" "$@" --home "$DATA/submitter"
}

# Each step is done once. A mark is set when it is whole, so that an interrupted one is done again from
# its beginning; nothing has been sent before the last.
once() {
	local mark=$STATE/done-$1
	shift
	[ ! -e "$mark" ] || return 0
	"$@"
	touch "$mark"
}

make_submitter() {
	make_folder "$DATA/submitter" 0700
	[ -e "$DATA/submitter/key.pem" ] || try "making the submitter's key" runner keygen
}

enrol_submitter() {
	say "Enrolling a submitter"
	try "enrolling" runner enrol --server "http://127.0.0.1:$PORT" --name Quickstart --accept-terms
}

import_examples() {
	say "Importing the example results"
	rm -rf "$DATA/submitter/spool"
	try "importing" runner import llama-bench "$REPO"/tests/cases/llama-bench/valid/*
}

send_examples() {
	say "Sending them, signed"
	try "submitting" runner submit --server "http://127.0.0.1:$PORT"
}

board_rows() {
	http "$PORT" /data/v1/suites/throughput.json | grep -o '"cell":"[0-9a-f]*"' | wc -l
}

wait_for_board() {
	for _ in $(seq 150); do
		[ "$(board_rows)" -eq 0 ] || return 0
		sleep 0.2
	done
	fail "the results were taken, but the board does not show them after 30 seconds" \
		"Look at $DATA/log/assayd.log and at http://127.0.0.1:$PORT/data/v1/index.json"
}

submit_examples() {
	make_submitter
	once enrolled enrol_submitter
	once imported import_examples
	once sent send_examples
	wait_for_board
}

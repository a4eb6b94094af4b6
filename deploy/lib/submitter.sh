# submitter.sh — a submitter of its own: enrolled, with the example results, until the board shows them.
# SPDX-License-Identifier: Apache-2.0
#
# Uses DATA, STATE, LOG, APP, PORT, REPO and http from quickstart and server.sh. Every verb of the runner is
# safe to repeat, so an interrupted run is simply done again; nothing is enrolled, signed or sent twice.

runner() {
	ASSAY_SUITES="$APP/share/assay/eval-suites" "$APP/bin/assay" "$@" --home "$DATA/submitter"
}

# Also tells the submitter's folder where the server is now, if the port has changed.
enrol_submitter() {
	[ -e "$STATE/examples-sent" ] || say "Enrolling a submitter"
	make_folder "$DATA/submitter" 0700
	try "enrolling" runner enrol --server "http://127.0.0.1:$PORT" --name Quickstart --accept-terms
}

# Outputs of llama-bench as the tool wrote them, for small synthetic models.
import_examples() {
	say "Importing example results"
	try "importing" runner import llama-bench "$REPO"/tests/cases/llama-bench/valid/b*/input.json* \
		--model '*=assay-examples/tiny-llama'
}

send_examples() {
	say "Sending them, signed"
	try "submitting" runner submit
}

signed_n() {
	runner status --offline 2>/dev/null | grep -c '  submission  ' || true
}

# Submissions that the published documents count; empty before there are documents.
published_n() {
	http "$PORT" /data/v1/index.json | grep -o '"submissions": *[0-9]*' | grep -o '[0-9]*' || true
}

wait_for_board() {
	local wanted shown
	wanted=$(signed_n)
	for _ in $(seq 150); do
		shown=$(published_n)
		if [ "$wanted" -gt 0 ] && [ "${shown:-0}" -ge "$wanted" ]; then
			return 0
		fi
		sleep 0.2
	done
	fail "the results were taken, but after 30 seconds the board shows ${shown:-none} of $wanted" \
		"Look at $DATA/log/assayd.log and at http://127.0.0.1:$PORT/data/v1/index.json"
}

submit_examples() {
	enrol_submitter
	[ ! -e "$STATE/examples-sent" ] || return 0
	import_examples
	send_examples
	say "Waiting until the board shows them"
	wait_for_board
	touch "$STATE/examples-sent"
}

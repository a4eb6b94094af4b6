# server.sh — assayd of this data folder: keys, configuration file, life.
# SPDX-License-Identifier: Apache-2.0
#
# Uses DATA, STATE, LOG, APP, CONF, SOCKET, ACCOUNT and as_daemon from quickstart.

# The process id of our assayd: a process that runs our own installed program with our own
# configuration file. No pid file can go stale, and nobody else's process is ever taken for it.
server_pid() {
	local exe pid
	for exe in /proc/[0-9]*/exe; do
		case $(readlink "$exe" 2>/dev/null) in
		"$APP/bin/assayd" | "$APP/bin/assayd (deleted)") ;;
		*) continue ;;
		esac
		pid=${exe#/proc/}
		pid=${pid%/exe}
		if grep -qzxF -- "$CONF" "/proc/$pid/cmdline" 2>/dev/null; then
			echo "$pid"
			return 0
		fi
	done
	return 1
}

# Ask something of 127.0.0.1 over HTTP; prints the answer with its head. http PORT PATH
http() {
	timeout 10 bash -c '
		exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
		printf "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" "$2" >&3
		cat <&3' http "$1" "$2" 2>/dev/null 9>&-
}

answers_200() {
	[[ $(http "$1" "$2" || true) == 'HTTP/1.1 200 '* ]]
}

port_is_taken() {
	timeout 5 bash -c ': <"/dev/tcp/127.0.0.1/$1"' taken "$1" 2>/dev/null
}

configured_port() {
	[ ! -e "$CONF" ] || sed -n 's/^listen *= *127\.0\.0\.1:\([0-9]*\) *$/\1/p' "$CONF"
}

# The root key is needed again only to change who may sign for the log, so it is kept apart, where the
# daemon's account cannot read it. A folder called keys is always a whole set.
make_keys() {
	[ ! -d "$DATA/keys" ] || return 0
	say "Making the keys of the log"
	rm -rf "$DATA/keys.new" "$DATA/root-key"
	make_folder "$DATA/keys.new" 0755
	make_folder "$DATA/root-key" 0700
	[ -s "$STATE/origin" ] || printf 'localhost/quickstart-%s\n' \
		"$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')" >"$STATE/origin"
	try "making keys" "$APP/bin/assayd" keys --dir "$DATA/keys.new" --origin "$(cat "$STATE/origin")"
	mv "$DATA/keys.new/root.pem" "$DATA/root-key/root.pem"
	own "$DATA/keys.new/statement.pem" "$DATA/keys.new/log.pem"
	mv "$DATA/keys.new" "$DATA/keys"
}

# The file is written once and then the operator's; only the port and the socket follow later runs.
write_config() {
	local port=$1
	if [ ! -s "$CONF" ]; then
		cat >"$CONF.new" <<-EOT
			# Made by quickstart, yours to edit: assayd options lists every setting.
			listen = 127.0.0.1:$port
			origin = $(cat "$STATE/origin")
			database = host=$SOCKET dbname=assay user=assayd
			migrate_database = host=$SOCKET dbname=assay user=assay_owner
			published = $DATA/published
			webroot = $APP/share/assay/webroot
			suites = $APP/share/assay/eval-suites
			sql = $APP/share/assay/sql
			terms = $APP/share/assay/terms.txt
			statement_key = $DATA/keys/statement.pem
			root_keys = $DATA/keys/root.pub
			log_vkey = $DATA/keys/log.vkey
			log_key = $DATA/keys/log.pem
			signer_state = $DATA/signer/state
			pow_bits = 8
		EOT
		mv "$CONF.new" "$CONF"
		return 0
	fi
	sed -e "s|^listen *=.*|listen = 127.0.0.1:$port|" \
		-e "s|^\(\(migrate_\)\?database *=.*\)host=[^ ]*|\1host=$SOCKET|" "$CONF" >"$CONF.new"
	# A data folder from before the log was signed.
	grep -q '^log_key *=' "$CONF.new" ||
		printf 'log_key = %s\nsigner_state = %s\n' "$DATA/keys/log.pem" "$DATA/signer/state" >>"$CONF.new"
	if cmp -s "$CONF" "$CONF.new"; then
		rm "$CONF.new"
	else
		mv "$CONF.new" "$CONF"
	fi
}

# Start assayd on a port. 0: ready. 1: the port is taken. Ends the script for any other reason.
launch() {
	local port=$1 pid from log=$DATA/log/assayd.log
	touch "$log"
	from=$(stat -c %s "$log")
	as_daemon_exec setsid "$APP/bin/assayd" serve --config "$CONF" </dev/null >>"$log" 2>&1 9>&- &
	pid=$!
	for _ in $(seq 300); do
		if ! kill -0 "$pid" 2>/dev/null; then
			# Its own word: a port that a connection goes out from is taken too, though nobody answers.
			! tail -c "+$((from + 1))" "$log" |
				grep -F "\"127.0.0.1:$port\": Address already in use" >/dev/null || return 1
			SAID=yes
			printf 'quickstart: assayd ended while it started. The end of %s:\n' "$log" >&2
			tail -c "+$((from + 1))" "$log" | tail -n 25 | awk '{ print "  | " $0 }' >&2
			exit 1
		fi
		! answers_200 "$port" /readyz || return 0
		sleep 0.2
	done
	fail "assayd runs but is not ready after a minute" "Look at $log and at http://127.0.0.1:$port/readyz"
}

# Start on the wanted port or the next free one. Sets PORT.
start_server() {
	local wanted=$1 port
	for port in $(seq "$wanted" $((wanted + 99 > 65535 ? 65535 : wanted + 99))); do
		if port_is_taken "$port"; then
			say "Port $port is taken by another program, trying the next"
			continue
		fi
		write_config "$port"
		say "Starting assayd on 127.0.0.1:$port"
		if launch "$port"; then
			PORT=$port
			return 0
		fi
		say "Port $port was taken meanwhile, trying the next"
	done
	fail "no free port from $wanted on" "Name another one: $0 start --port N"
}

stop_server() {
	local pid
	pid=$(server_pid) || return 0
	say "Stopping assayd"
	kill -TERM "$pid" 2>/dev/null || true
	for _ in $(seq 200); do
		server_pid >/dev/null || return 0
		sleep 0.1
	done
	say "assayd did not drain within 20 seconds, ending it"
	kill -KILL "$pid" 2>/dev/null || true
}

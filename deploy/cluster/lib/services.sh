# services.sh — what runs on each host: its settings from the templates, its start, its end.
# SPDX-License-Identifier: Apache-2.0
#
# Uses DIR, HERE, APP (programs and data of assayd), ACCOUNT, ORIGIN, PGBIN and what namespaces.sh or relays.sh has.

SERVICES=(etcd patroni haproxy assayd)

# Host 3 shows that libpq finds the primary without HAProxy.
database_of() {
	if [ "$1" = 3 ]; then
		echo "host=$(peer 1),$(peer 2),$(peer 3) port=5432 target_session_attrs=read-write"
	else
		echo "host=$(at_home "$1") port=5000"
	fi
}

secret() {
	cat "$DIR/secrets/$1"
}

make_secrets() {
	local name
	umask 077
	mkdir -p "$DIR/secrets"
	for name in superuser replication patroni owner assayd; do
		od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$DIR/secrets/$name"
	done
	{
		echo "*:*:*:postgres:$(secret superuser)"
		echo "*:*:*:assay_owner:$(secret owner)"
		echo "*:*:*:assayd:$(secret assayd)"
	} >"$DIR/secrets/pgpass"
	umask 022
	chown -R "$ACCOUNT:" "$DIR/secrets"
}

# fill TEMPLATE N TARGET
fill() {
	local n=$2
	sed -e "s|@HOST@|host$n|g; s|@ADDRESS@|$(address "$n")|g; s|@DIR@|$DIR/host$n|g" \
		-e "s|@PEER@|$(peer "$n")|g; s|@PEER1@|$(peer 1)|g; s|@PEER2@|$(peer 2)|g; s|@PEER3@|$(peer 3)|g" \
		-e "s|@OUTSIDE1@|$(outside 1)|g; s|@OUTSIDE2@|$(outside 2)|g; s|@OUTSIDE3@|$(outside 3)|g" \
		-e "s|@AT_HOME@|$(at_home "$n")|g; s|@EDGE@|$EDGE|g; s|@NETWORK@|$NETWORK|g; s|@ACCOUNT@|$ACCOUNT|g; s|@PGBIN@|$PGBIN|g" \
		-e "s|@SUPERUSER_PASSWORD@|$(secret superuser)|g; s|@PATRONI_PASSWORD@|$(secret patroni)|g" \
		-e "s|@REPLICATION_PASSWORD@|$(secret replication)|g; s|@DATABASE@|$(database_of "$n")|g" \
		-e "s|@SECRETS@|$DIR/secrets|g; s|@KEYS@|$DIR/keys|g; s|@APP@|$APP|g" \
		-e "s|@ORIGIN@|$ORIGIN|g" "$HERE/$1" >"$3"
}

write_settings() {
	local n host
	for n in "${HOSTS[@]}"; do
		host=$DIR/host$n
		mkdir -p "$host/run" "$host/log"
		fill etcd.yml.in "$n" "$host/etcd.yml"
		fill patroni.yml.in "$n" "$host/patroni.yml"
		fill haproxy.cfg.in "$n" "$host/haproxy.cfg"
		fill assayd.conf.in "$n" "$host/assayd.conf"
		chmod 0600 "$host/patroni.yml"
		chown -R "$ACCOUNT:" "$host"
		chmod 0700 "$host/run"
	done
	fill edge.cfg.in 1 "$DIR/edge.cfg"
}

command_of() {
	local host=$DIR/host$2
	case $1 in
	etcd) COMMAND=(/usr/bin/etcd --config-file "$host/etcd.yml") ;;
	patroni) COMMAND=(/usr/bin/patroni "$host/patroni.yml") ;;
	haproxy) COMMAND=(/usr/sbin/haproxy -db -f "$host/haproxy.cfg") ;;
	assayd) COMMAND=("$APP/assayd" serve --config "$host/assayd.conf") ;;
	*) fail "no service $1: ${SERVICES[*]}" ;;
	esac
}

pid_of() {
	local pid
	if [ "$1" = postgres ]; then
		pid=$(head -n 1 "$DIR/host$2/pg/postmaster.pid" 2>/dev/null)
	else
		pid=$(cat "$DIR/host$2/run/$1.pid" 2>/dev/null)
	fi
	# What was killed stands there until its parent has noticed.
	[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status" && echo "$pid"
}

start_service() {
	local host=$DIR/host$2
	pid_of "$1" "$2" >/dev/null && return 0
	command_of "$1" "$2"
	(in_host "$2" setsid "${COMMAND[@]}") >>"$host/log/$1.log" 2>&1 </dev/null &
	echo $! >"$host/run/$1.pid"
}

start_edge() {
	setsid /usr/sbin/haproxy -db -f "$DIR/edge.cfg" >>"$DIR/edge.log" 2>&1 </dev/null &
	echo $! >"$DIR/edge.pid"
}

# stop_service SIGNAL SERVICE N
stop_service() {
	local pid
	pid=$(pid_of "$2" "$3") || return 0
	kill -s "$1" "$pid"
}

# Everything on a host at once, as when its power fails.
crash_host() {
	local pids
	pids=$(processes_of "$1")
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :
}

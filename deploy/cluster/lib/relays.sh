# relays.sh — three hosts on one machine without any right: addresses of its loopback, and a relay between each two.
# SPDX-License-Identifier: Apache-2.0
#
# Uses DIR, HERE, ACCOUNT. Has the functions of namespaces.sh. Host N listens at 127.0.N.1. What host N has for host M's
# address is 127.0.N.1M, where the relay stands; all others (host 4, so to speak) come by 127.0.4.1M. Hosts know each other by
# name, and each has a hosts file of its own, by way of libnss-wrapper: names are told from one to the other (etcd's members,
# Patroni's), and must mean another address to each.

HOSTS=(1 2 3)
EDGE=127.0.4.1
NETWORK=127.0.0.0/8

hosts_are() {
	echo "addresses 127.0.1.1, 127.0.2.1, 127.0.3.1 behind relays"
}

address() {
	echo "127.0.$1.1"
}

peer() {
	echo "host$1"
}

outside() {
	echo "127.0.4.1$1"
}

at_home() {
	address "$1"
}

as_account() {
	[ "$(id -u)" -ne 0 ] || exec setpriv --reuid="$ACCOUNT" --regid="$ACCOUNT" --init-groups -- "$@"
	exec "$@"
}

# It stands in the host's folder: processes_of() knows it by that. etcd asks libc for names only if told so.
in_host() {
	local n=$1
	shift
	cd "$DIR/host$n" || return
	as_account env LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_HOSTS="$DIR/host$n/hosts" GODEBUG=netdns=cgo "$@"
}

missing_host_packages() {
	have_command node || echo nodejs
	LD_PRELOAD=libnss_wrapper.so sh -c : 2>&1 | grep -q libnss_wrapper && echo libnss-wrapper
}

may_make_hosts() {
	return 0
}

# relay FROM TO PORT… — a line for each port: from, to, where the relay listens, where it leads, as whom, port.
relay() {
	local from=$1 to=$2 port
	shift 2
	for port in "$@"; do
		echo "$from $to 127.0.$from.1$to $(address "$to") 127.0.$from.1 $port"
	done
}

make_hosts() {
	local from to
	mkdir -p "$DIR/host1" "$DIR/host2" "$DIR/host3"
	for to in "${HOSTS[@]}"; do
		relay 4 "$to" 2379 8008 8080
		for from in "${HOSTS[@]}"; do
			echo "127.0.$from.1$([ "$from" = "$to" ] || echo "$to") host$to" >>"$DIR/host$from/hosts"
			[ "$from" = "$to" ] || relay "$from" "$to" 2379 2380 5432 8008
		done
	done >"$DIR/relay.table"
	ip link set lo up 2>/dev/null # where somebody made a network namespace for all of this
	: >"$DIR/relay.cut"
	(as_account setsid node "$HERE/lib/relay.mjs" "$DIR/relay.table" "$DIR/relay.cut" "$DIR/relay.done") \
		>>"$DIR/relay.log" 2>&1 </dev/null &
	echo $! >"$DIR/relay.pid"
	until [ -e "$DIR/relay.done" ]; do
		kill -0 "$(cat "$DIR/relay.pid")" 2>/dev/null || fail "no relay: $(grep -m 1 Error "$DIR/relay.log")"
		sleep 0.1
	done
}

# Since it was started the machine may have been too, and its number be somebody else's.
relay_runs() {
	tr '\0' '\n' <"/proc/$(cat "$DIR/relay.pid" 2>/dev/null)/cmdline" 2>/dev/null | grep -qx "$DIR/relay.table"
}

remove_hosts() {
	! relay_runs || kill "$(cat "$DIR/relay.pid")"
	rm -f "$DIR"/relay.*
}

# Whoever looks around there in a terminal is none of them.
processes_of() {
	# shellcheck disable=SC2016 # for the inner shell
	(as_account sh -c 'for p in /proc/[0-9]*; do
		case $(readlink "$p/cwd") in "$1" | "$1"/*) ;; *) continue ;; esac
		[ "$(sed "s/.*) //" "$p/stat" | cut -d" " -f5)" != 0 ] || echo "${p#/proc/}"
	done' sh "$DIR/host$1" 2>/dev/null)
}

# Returns once it is so.
tell_relay() {
	relay_runs && kill -HUP "$(cat "$DIR/relay.pid")" || fail "the relay is gone; see $DIR/relay.log"
	until cmp -s "$DIR/relay.cut" "$DIR/relay.done"; do
		relay_runs || fail "the relay is gone; see $DIR/relay.log"
		sleep 0.05
	done
}

cut_host() {
	grep -qx "$1" "$DIR/relay.cut" || echo "$1" >>"$DIR/relay.cut"
	tell_relay
}

heal_host() {
	sed -i "/^$1\$/d" "$DIR/relay.cut"
	tell_relay
}

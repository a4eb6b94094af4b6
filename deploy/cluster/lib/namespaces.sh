# namespaces.sh — three hosts on one machine: a network namespace each, joined by a bridge in the caller's.
# SPDX-License-Identifier: Apache-2.0
#
# Uses NAME (of bridge and namespaces) and NET (the first three numbers of the addresses). relays.sh has the same
# functions for who may not make namespaces.

HOSTS=(1 2 3)
EDGE=$NET.1
NETWORK=$NET.0/24

hosts_are() {
	echo "network namespaces $NAME-1 to $NAME-3"
}

# Where a host's services listen; by what the hosts, and everybody else, reach it; where it alone is at home.
address() {
	echo "$NET.1$1"
}

peer() {
	address "$1"
}

outside() {
	address "$1"
}

at_home() {
	echo 127.0.0.1
}

# in_host N COMMAND… — as the account of all services. It becomes the command: its id is the command's.
in_host() {
	local n=$1
	shift
	exec ip netns exec "$NAME-$n" setpriv --reuid="$ACCOUNT" --regid="$ACCOUNT" --init-groups -- "$@"
}

missing_host_packages() {
	return 0
}

# As root the program that makes them is installed to see whether it may; else there is nothing to ask.
may_make_hosts() {
	[ "$(id -u)" -eq 0 ] || return
	have_command ip || install_programs iproute2 || return
	ip netns add "$NAME-try" 2>/dev/null && ip netns delete "$NAME-try" &&
		ip link add "$NAME-try" type bridge 2>/dev/null && ip link delete "$NAME-try"
}

make_hosts() {
	local n
	ip link add "$NAME" type bridge
	ip address add "$EDGE/24" dev "$NAME"
	ip link set "$NAME" up
	ip link set lo up
	for n in "${HOSTS[@]}"; do
		ip netns add "$NAME-$n"
		ip link add "$NAME-$n" type veth peer name eth0 netns "$NAME-$n"
		ip link set "$NAME-$n" master "$NAME" up
		ip -n "$NAME-$n" address add "$(address "$n")/24" dev eth0
		ip -n "$NAME-$n" link set eth0 up
		ip -n "$NAME-$n" link set lo up
	done
}

remove_hosts() {
	local n
	for n in "${HOSTS[@]}"; do
		ip netns delete "$NAME-$n" 2>/dev/null
		ip link delete "$NAME-$n" 2>/dev/null
	done
	ip link delete "$NAME" 2>/dev/null
	return 0
}

processes_of() {
	ip netns pids "$NAME-$1" 2>/dev/null
}

# A bridge port that is disabled drops all it gets: nobody is told, as when a switch dies.
cut_host() {
	bridge link set dev "$NAME-$1" state 0
}

heal_host() {
	bridge link set dev "$NAME-$1" state 3
}

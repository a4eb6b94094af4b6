# packages.sh — which Debian packages are missing, and installing just those.
# SPDX-License-Identifier: Apache-2.0

have_command() {
	command -v "$1" >/dev/null 2>&1
}

have_library() {
	have_command pkg-config && pkg-config --exists "$1"
}

# The folder with the programs of the newest PostgreSQL of at least version 15; empty if none.
postgres_bin() {
	local dir version best=0
	for dir in /usr/lib/postgresql/*/bin; do
		version=${dir#/usr/lib/postgresql/}
		version=${version%/bin}
		if [[ $version =~ ^[0-9]+$ && -x $dir/initdb && -x $dir/postgres && $version -ge 15 &&
			$version -gt $best ]]; then
			best=$version
		fi
	done
	if [ "$best" -gt 0 ]; then
		echo "/usr/lib/postgresql/$best/bin"
	fi
}

# Packages without which neither the server nor the runner can be built and run. A library counts
# as present whichever package brought it: another flavour of libcurl is as good.
missing_base_packages() {
	have_command gcc || have_command cc || echo gcc
	[ -e /usr/include/stdio.h ] || echo libc6-dev
	have_command make || echo make
	have_command cmake || echo cmake
	have_command pkg-config || echo pkg-config
	have_library libevent_core || echo libevent-dev
	have_library libpq || echo libpq-dev
	have_library jansson || echo libjansson-dev
	have_library libsodium || echo libsodium-dev
	have_library zlib || echo zlib1g-dev
	have_library libbrotlienc || echo libbrotli-dev
	have_library libcurl || echo libcurl4-openssl-dev
	[ -n "$(postgres_bin)" ] || echo postgresql
}

# Debian's postgresql makes and starts a cluster of its own when it is installed. Nobody asked for
# that one, so for the time of the installation it is told not to.
NO_CLUSTER=/etc/postgresql-common/createcluster.d/assay.conf

# Run as root, in one shell, so that the setting is gone again however the installation ends.
install_script() {
	cat <<-'SCRIPT'
		set -e
		conf=$1
		shift
		dir=$(dirname "$conf")
		[ -d "$dir" ] || made=$dir
		mkdir -p "$dir"
		trap 'rm -f "$conf"; [ -z "${made-}" ] || rmdir "$made" 2>/dev/null || :' EXIT
		trap 'exit 130' INT TERM HUP
		echo "create_main_cluster = false" >"$conf"
		export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
		# Another apt may be at work, on a machine that was just started most of all.
		for _ in 1 2 3 4 5; do
			! apt-get update -q || break
			sleep 5
		done
		install() {
			apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
				-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
		}
		# A failure may be an installation that was interrupted earlier: finish that, try once more.
		install "$@" || { dpkg --configure -a && install "$@"; }
	SCRIPT
}

# Install packages as root or with sudo; the caller wraps it in try.
install_packages() {
	if [ "$(id -u)" -eq 0 ]; then
		bash -c "$(install_script)" install "$NO_CLUSTER" "$@" </dev/null
	else
		sudo -n bash -c "$(install_script)" install "$NO_CLUSTER" "$@" </dev/null
	fi
}

# Packages of servers that are wanted as programs only: Debian starts them when they are installed.
install_programs() {
	local root=() package service
	ready_to_install && install_packages "$@" || return 1
	[ "$(id -u)" -eq 0 ] || root=(sudo -n)
	for package in "$@"; do
		case $package in
		nginx-light) service=nginx ;;
		etcd-server) service=etcd ;;
		prometheus | haproxy | patroni) service=$package ;;
		*) continue ;;
		esac
		"${root[@]}" service "$service" stop
		"${root[@]}" update-rc.d "$service" disable
	done
	return 0
}

# Make sure that packages can be installed without a question in the middle.
ready_to_install() {
	[ "$(id -u)" -ne 0 ] || return 0
	have_command apt-get && have_command sudo || return 1
	sudo -n true 2>/dev/null && return 0
	# sudo itself may want a password: that is between it and the person at the terminal.
	[ -t 0 ] && [ -t 2 ] && sudo -v
}

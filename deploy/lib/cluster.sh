# cluster.sh — the private PostgreSQL cluster in the data folder.
# SPDX-License-Identifier: Apache-2.0
#
# Uses DATA, STATE, LOG, PGBIN, ACCOUNT and as_daemon from quickstart.

SOCKET_NAME=.s.PGSQL.5432
SOCKET_PATH_MAX=106

# A Unix socket's path is short by law of the kernel, and PostgreSQL's setting takes no odd characters:
# where the data folder's own path will not do, a folder made elsewhere is remembered.
choose_socket_folder() {
	local dir=$DATA/run base
	if [[ $dir =~ ^[A-Za-z0-9._/-]+$ ]] && [ $((${#dir} + 1 + ${#SOCKET_NAME})) -le $SOCKET_PATH_MAX ]; then
		make_folder "$dir" 0700 "$ACCOUNT"
	else
		dir=$(cat "$STATE/socket-folder" 2>/dev/null || true)
		if [ -z "$dir" ] || [ ! -O "$dir" ] && [ "$(stat -c %U "$dir" 2>/dev/null)" != "$ACCOUNT" ]; then
			base=/tmp
			[ ! -w /run ] || base=/run
			dir=$(mktemp -d "$base/assay-XXXXXXXX")
			own "$dir"
			printf '%s\n' "$dir" >"$STATE/socket-folder"
		fi
	fi
	SOCKET=$dir
}

# The server's process id, if one runs on this cluster: a postmaster stands in its own data folder.
postgres_pid() {
	local pid
	pid=$(head -n 1 "$DATA/pg/postmaster.pid" 2>/dev/null) || return 1
	[[ $pid =~ ^[0-9]+$ ]] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$DATA/pg" ] && echo "$pid"
}

make_cluster() {
	[ ! -e "$DATA/pg/PG_VERSION" ] || return 0
	say "Making a private PostgreSQL cluster"
	# Made under another name first: a folder called pg is always a whole cluster.
	rm -rf "$DATA/pg.new"
	make_folder "$DATA/pg.new" 0700 "$ACCOUNT"
	try "initdb" as_daemon "$PGBIN/initdb" -D "$DATA/pg.new" -U postgres --auth=peer \
		--data-checksums --encoding=UTF8 --locale=C
	echo "include 'assay.conf'" | as_daemon tee -a "$DATA/pg.new/postgresql.conf" >/dev/null
	mv "$DATA/pg.new" "$DATA/pg"
}

# Settings and who may connect, written at each start: they follow from the data folder alone.
configure_cluster() {
	as_daemon tee "$DATA/pg/assay.conf" >/dev/null <<-EOT
		# Written by quickstart at each start.
		listen_addresses = ''
		unix_socket_directories = '$SOCKET'
		unix_socket_permissions = 0700
		port = 5432
		max_connections = 60
		cluster_name = 'assay-quickstart'
	EOT
	as_daemon tee "$DATA/pg/pg_hba.conf" >/dev/null <<-EOT
		local all all peer map=assay
	EOT
	as_daemon tee "$DATA/pg/pg_ident.conf" >/dev/null <<-EOT
		assay "$ACCOUNT" postgres
		assay "$ACCOUNT" assay_owner
		assay "$ACCOUNT" assayd
	EOT
}

# A killed server whose parent has not noticed yet still holds its lock file, in some containers for ever.
drop_dead_lock() {
	local pid
	pid=$(head -n 1 "$DATA/pg/postmaster.pid" 2>/dev/null) || return 0
	for _ in $(seq 20); do
		grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status" || return 0
		sleep 0.1
	done
	rm -f "$DATA/pg/postmaster.pid"
}

start_postgres() {
	if postgres_pid >/dev/null; then
		SOCKET=$(sed -n 5p "$DATA/pg/postmaster.pid")
		return 0
	fi
	local version
	version=$(cat "$DATA/pg/PG_VERSION")
	PGBIN=/usr/lib/postgresql/$version/bin
	[ -x "$PGBIN/postgres" ] ||
		fail "the cluster in $DATA/pg is of PostgreSQL $version, which is not installed any more" \
			"Install postgresql-$version, or start over with: $0 reset"
	choose_socket_folder
	configure_cluster
	drop_dead_lock
	say "Starting PostgreSQL $version (Unix socket only)"
	try "starting PostgreSQL" as_daemon "$PGBIN/pg_ctl" start -w -t 120 -D "$DATA/pg"
}

stop_postgres() {
	postgres_pid >/dev/null || return 0
	say "Stopping PostgreSQL"
	PGBIN=/usr/lib/postgresql/$(cat "$DATA/pg/PG_VERSION")/bin
	try "stopping PostgreSQL" as_daemon "$PGBIN/pg_ctl" stop -w -t 120 -m fast -D "$DATA/pg"
}

superuser_psql() {
	as_daemon "$PGBIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$SOCKET" -U postgres -d postgres
}

make_roles() {
	superuser_psql <"$APP/share/assay/sql/roles.sql"
}

make_database() {
	superuser_psql <<-'SQL'
		SELECT 'CREATE DATABASE assay OWNER assay_owner'
		WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'assay')
		\gexec
	SQL
}

#!/usr/bin/env bash
# A PostgreSQL server of the tests' own, on 127.0.0.1 only, with a superuser `postgres` and the password `secret`.
#   postgres_cluster.sh start FOLDER PORT   makes it in FOLDER, if it isn't there yet, and starts it
#   postgres_cluster.sh stop FOLDER         ends it at once, as if it had been killed
# In FOLDER are also ca.crt, which signed the server's certificate for the host "localhost", and other_ca.crt, which didn't.
set -euo pipefail

folder=$2
data=$folder/data
binaries=$(find /usr/lib/postgresql /usr/local/pgsql -maxdepth 3 -name pg_ctl 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname || true)
[ -n "$binaries" ] || binaries=$(dirname "$(command -v pg_ctl)")

# The server refuses to run as root.
as_server() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

make_certificates() {
    local quiet=(-nodes -newkey rsa:2048 -days 30)
    for name in ca other_ca; do
        openssl req -x509 "${quiet[@]}" -subj "/CN=$name" -keyout "$folder/$name.key" -out "$folder/$name.crt" 2>/dev/null
    done
    openssl req "${quiet[@]}" -subj "/CN=localhost" -keyout "$folder/server.key" -out "$folder/server.csr" 2>/dev/null
    openssl x509 -req -days 30 -in "$folder/server.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial \
        -extfile <(echo "subjectAltName=DNS:localhost") -out "$folder/server.crt" 2>/dev/null
    chmod 600 "$folder/server.key"
}

make_cluster() {
    mkdir -p "$folder"
    make_certificates
    echo secret >"$folder/password"
    if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$folder"; fi
    as_server "$binaries/initdb" -D "$data" -U postgres --pwfile="$folder/password" --auth=scram-sha-256 --locale=C.UTF-8 \
        --encoding=UTF8 --no-sync >/dev/null
    # The order of the server's own rules is from the first to the last: a user that nobody lets in comes first.
    as_server sed -i '1i host all shut_out all reject\nlocal all all trust' "$data/pg_hba.conf"
    as_server tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
ssl = on
ssl_cert_file = '$folder/server.crt'
ssl_key_file = '$folder/server.key'
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
}

case $1 in
start)
    [ -d "$data" ] || make_cluster
    as_server "$binaries/pg_ctl" -D "$data" -w -t 60 -l "$folder/log" -o "-p $3" start >/dev/null
    ;;
stop)
    as_server "$binaries/pg_ctl" -D "$data" -w -m immediate stop >/dev/null 2>&1 || true
    ;;
esac

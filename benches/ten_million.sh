#!/usr/bin/env bash
# Ten million targets on a server: makes them (once), then shows how the program's questions are planned and how long they
# take.   benches/ten_million.sh "host=… dbname=…"   The database's tables many and many_parts are made anew with --make.
set -euo pipefail
cd "$(dirname "$0")"
settings=$1
[ "${2:-}" = --make ] && psql -q -v ON_ERROR_STOP=1 "$settings" -f ten_million.sql
explain() {
    printf '\n-- %s\n' "$1"
    psql -qAt "$settings" -c "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY ON) $2"
}
explain "The first page of the table" \
    "SELECT id, image, class, name, date, confidence, length_m, ST_X(geom), ST_Y(geom) FROM many ORDER BY id LIMIT 100"
explain "A page in the middle, of one class" \
    "SELECT id, class, ST_X(geom), ST_Y(geom) FROM many WHERE id > 5000000 AND class = 'dam' ORDER BY id LIMIT 100"
explain "Class counts" "SELECT class, count(*) FROM many GROUP BY class"
explain "Class counts of one image" "SELECT class, count(*) FROM many WHERE image = 'scene_17' GROUP BY class"
explain "Points of a street: all of them" \
    "SELECT id, class, ST_X(geom), ST_Y(geom) FROM many WHERE geom && ST_MakeEnvelope(0, 0, 0.1, 0.1, 4326) LIMIT 50001"
explain "Points of a town: all of them" \
    "SELECT id, class, ST_X(geom), ST_Y(geom) FROM many WHERE geom && ST_MakeEnvelope(-168.4, -55.9, -167.7, -55.2, 4326) LIMIT 50001"
explain "Points of the world: a sample of the pages" \
    "SELECT id, class, ST_X(geom), ST_Y(geom) FROM many TABLESAMPLE SYSTEM (0.5)
     WHERE geom && ST_MakeEnvelope(-180, -90, 180, 90, 4326) LIMIT 100000"
explain "A partitioned table, one year and a box" \
    "SELECT id, class FROM many_parts WHERE geom && ST_MakeEnvelope(0, 0, 5, 5, 4326) AND date >= '2020-01-01' AND date < '2021-01-01'"

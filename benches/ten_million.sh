#!/usr/bin/env bash
# Ten million targets on a server: makes them (once), then shows how the program's questions are planned and how long they
# take.   benches/ten_million.sh "host=… dbname=…" [--make]   The database's tables many and many_parts are made anew with --make.
set -euo pipefail
cd "$(dirname "$0")"
settings=$1
[ "${2:-}" = --make ] && psql -q -v ON_ERROR_STOP=1 "$settings" -f ten_million.sql
# The second time counts: the first one finds the server's cache as the question before left it.
explain() {
    printf '\n-- %s\n' "$1"
    psql -qAt "$settings" -c "$2" >/dev/null
    psql -qAt "$settings" -c "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY ON) $2"
}
columns="id, image, class, name, date, confidence, length_m, ST_X(geom) AS longitude, ST_Y(geom) AS latitude"
# Of each of 32 x 32 cells of a view a window: what share of each side, west, south, width and height of the view in degrees.
windows() {
    local chance="43758.5453::float8 * sin(c * 12.9898::float8 + r * 78.233::float8)"
    local at="(1 - $1) * ($chance - floor($chance))"
    echo "(SELECT ST_MakeEnvelope(x, y, x + $1 * $4 / 32, y + $1 * $5 / 32, 4326) AS place
        FROM (SELECT $2 + (c + $at) * $4 / 32 AS x, $3 + (r + $at) * $5 / 32 AS y
            FROM generate_series(0, 31) AS c, generate_series(0, 31) AS r) AS corner) AS one
        CROSS JOIN LATERAL (SELECT $columns FROM many WHERE geom && one.place) AS found"
}
town="ST_MakeEnvelope(-168.4, -55.9, -167.7, -55.2, 4326)"
towns="ST_MakeEnvelope(-170, -56, -160, -46, 4326)"

explain "The first page of the table" "SELECT $columns FROM many ORDER BY id LIMIT 501"
explain "A page in the middle, of one class" \
    "SELECT $columns FROM many WHERE (id) > (5000000) AND class = 'dam' ORDER BY id LIMIT 501"
explain "A page in the middle, by date" \
    "SELECT $columns FROM many WHERE date IS NOT NULL AND (date, id) > ('2019-05-05', 3000000) ORDER BY date, id LIMIT 501"
explain "A page by class, whose values are few: the next value" \
    "SELECT class FROM many WHERE class IS NOT NULL AND class > 'dam' ORDER BY class LIMIT 1"
explain "A page by class: rows of the value" \
    "SELECT $columns FROM many WHERE class = 'field' AND (id) > (5000000) ORDER BY id LIMIT 501"
explain "Class counts" "SELECT class, count(*) FROM many GROUP BY class"
explain "Class counts of one image" "SELECT class, count(*) FROM many WHERE image = 'scene_17' GROUP BY class"
explain "Points of a street: all of them" "SELECT $columns FROM many WHERE geom && ST_MakeEnvelope(0, 0, 0.1, 0.1, 4326) LIMIT 50001"
explain "Points of a town of 50,018: what the map shows first" "SELECT $columns FROM many WHERE geom && $town LIMIT 10001"
explain "Points of a town of 50,018: a sample of the windows" \
    "SELECT found.* FROM $(windows 0.4472 -168.4 -55.9 0.7 0.7) LIMIT 20000"
explain "Points of a town of 50,018: all that a map takes" "SELECT $columns FROM many WHERE geom && $town LIMIT 50001"
explain "Points of several towns: what the map shows first" \
    "SELECT found.* FROM $(windows 0.2673 -170 -56 10 10) LIMIT 20000"
explain "Points of several towns: a sample of the windows" \
    "SELECT found.* FROM $(windows 0.5976 -170 -56 10 10) LIMIT 100000"
explain "Points of several towns: how many" "SELECT count(*) FROM $(windows 0.125 -170 -56 10 10)"
explain "Points of the world: a sample of the pages" \
    "SELECT $columns FROM many TABLESAMPLE SYSTEM (0.5) WHERE geom && ST_MakeEnvelope(-180, -90, 180, 90, 4326) LIMIT 100000"
explain "A partitioned table, one year and a box" \
    "SELECT id, class FROM many_parts WHERE geom && ST_MakeEnvelope(0, 0, 5, 5, 4326) AND date >= '2020-01-01' AND date < '2021-01-01'"
printf '\n-- Several towns: there are '
psql -qAt "$settings" -c "SELECT count(*) FROM many WHERE geom && $towns"

-- Ten million targets, to see how the program's questions to a server fare: benches/ten_million.sh runs this.
-- Three quarters of them lie in 200 towns, the others anywhere, so that views differ in how full they are.
CREATE EXTENSION IF NOT EXISTS postgis;
DROP TABLE IF EXISTS many, many_parts CASCADE;

CREATE TABLE many (
    id bigint NOT NULL,
    image text NOT NULL,
    class text NOT NULL,
    name text,
    date date NOT NULL,
    confidence real NOT NULL,
    length_m real NOT NULL,
    geom geometry(Point, 4326) NOT NULL
);

SELECT setseed(0.5);

INSERT INTO many
SELECT i, 'scene_' || i % 5000, (ARRAY['vehicle', 'ship', 'aircraft', 'building', 'dam', 'bridge', 'tank', 'field'])
        [1 + floor(8 * power(random(), 2))::int], CASE WHEN i % 10 = 0 THEN 'target ' || i END,
    date '2015-01-01' + (i % 3650)::int, random()::real, (random() * 100)::real,
    ST_SetSRID(CASE WHEN i % 4 > 0
        THEN ST_MakePoint(-170 + (i % 200) * 1.7 + random() * 0.5, -60 + (i * 7 % 200) * 0.6 + random() * 0.5)
        ELSE ST_MakePoint(random() * 360 - 180, random() * 160 - 80) END, 4326)
FROM generate_series(1, 10000000) AS i;

ALTER TABLE many ADD PRIMARY KEY (id);
CREATE INDEX many_geom ON many USING gist (geom);
CREATE INDEX many_class ON many (class);
CREATE INDEX many_image ON many (image);
CREATE INDEX many_date ON many (date);
VACUUM (ANALYZE) many;

-- A tenth of them in a table that is partitioned by year, to be used unchanged.
CREATE TABLE many_parts (LIKE many) PARTITION BY RANGE (date);
SELECT format('CREATE TABLE many_parts_%s PARTITION OF many_parts FOR VALUES FROM (%L) TO (%L)', y, y || '-01-01', y + 1 || '-01-01')
FROM generate_series(2015, 2024) AS y \gexec
INSERT INTO many_parts SELECT * FROM many WHERE id % 10 = 1;
ALTER TABLE many_parts ADD PRIMARY KEY (id, date);
CREATE INDEX ON many_parts USING gist (geom);
CREATE INDEX ON many_parts (class);
VACUUM (ANALYZE) many_parts;

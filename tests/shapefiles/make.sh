#!/usr/bin/env bash
# Makes the Shapefiles of the tests anew, with GDAL 3.6: points in UTM with texts in Windows-1251 and a deleted row, polygons with a hole
# and heights in Latin-1 whose page the .dbf file names, several points a row in UTF-8.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cat >"$work/bridges.csv" <<'CSV'
id,name,seen,when,length,wkt
1,Мост,1,2024-05-18,12.5,POINT(-54.6 -25.4)
2,Снесён,0,,7,POINT(-54.5 -25.4)
3,Плотина,1,2024-06-01,,POINT(-54.4 -25.5)
CSV
cat >"$work/fields.csv" <<'CSV'
class,area_m2,wkt
Ñandú,1234567890123,"POLYGON Z((0 0 1,10 0 1,10 10 1,0 10 1,0 0 1),(3 3 1,3 7 1,7 7 1,7 3 1,3 3 1))"
leer,,
CSV
cat >"$work/ships.csv" <<'CSV'
label,wkt
Ωmega,"MULTIPOINT(10 20,12 22)"
CSV
rm -f ./*.shp ./*.shx ./*.dbf ./*.prj ./*.cpg
from=(-oo GEOM_POSSIBLE_NAMES=wkt -oo KEEP_GEOM_COLUMNS=NO -oo AUTODETECT_TYPE=YES)
ogr2ogr bridges.shp "$work/bridges.csv" "${from[@]}" -s_srs EPSG:4326 -t_srs EPSG:32721 -lco ENCODING=CP1251
ogr2ogr fields.shp "$work/fields.csv" "${from[@]}" -a_srs EPSG:4326 -lco ENCODING=LDID/87
ogr2ogr ships.shp "$work/ships.csv" "${from[@]}" -a_srs EPSG:4326 -lco ENCODING=UTF-8
# Marked as deleted, and not packed away.
ogrinfo -q bridges.shp -oo AUTO_REPACK=NO -dialect SQLite -sql 'DELETE FROM bridges WHERE id = 2'

"""Leaflet in headless Chromium: its WMS layers of both versions, and tiles.

leaflet_page.py URL COG [FOLDER OF LEAFLET]
"""

import sys
from pathlib import Path

import picture
from browser import SIDE, Pages, check
from server import arguments, layer

HALF_WORLD = 20037508.342789244
PAGE = """<!doctype html><meta charset=utf-8><link rel=stylesheet href=leaflet.css><script src=leaflet.js></script>
<style>body {{ margin: 0 }} #map {{ width: {side}px; height: {side}px; background: white }}</style><div id=map></div><script>
const map = L.map('map', {{ crs: L.CRS.{crs}, zoomControl: false, attributionControl: false, fadeAnimation: false, zoomAnimation: false }});
map.setView([{lat}, {lon}], {zoom});
{layer}.addTo(map);
</script>"""


def main():
    url, cog = arguments()
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else "/usr/share/javascript/leaflet")
    name = layer(url, cog)
    west, south, east, north = picture.bounds(cog, "EPSG:4326")
    lon, lat = (west + east) / 2, (south + north) / 2

    def wms(version, crs):
        options = f"layers: '{name}', format: 'image/png', version: '{version}', transparent: true"
        return crs, f"L.tileLayer.wms('{url}/wms', {{ {options} }})"

    cases = {f"WMS {version} in {crs}": wms(version, crs) for version in ("1.1.1", "1.3.0") for crs in ("EPSG3857", "EPSG4326")}
    cases["tiles"] = ("EPSG3857", f"L.tileLayer('{url}/tiles/{name}/{{z}}/{{x}}/{{y}}.png')")
    # A pixel of a few tens of metres: the file fills the middle of the map.
    zoom = 12
    content = {"leaflet.js": folder / "leaflet.js", "leaflet.css": folder / "leaflet.css"}
    for number, (crs, code) in enumerate(cases.values()):
        shown_zoom = zoom if crs == "EPSG3857" else zoom - 1
        content[f"{number}.html"] = PAGE.format(side=SIDE, crs=crs, lat=lat, lon=lon, zoom=shown_zoom, layer=code)
    pages = Pages(content)
    for number, (title, (crs, _)) in enumerate(cases.items()):
        if crs == "EPSG3857":
            pixel = 2 * HALF_WORLD / 256 / 2**zoom
            (x, y), system = mercator(lon, lat), "EPSG:3857"
        else:
            pixel = 180 / 256 / 2 ** (zoom - 1)
            (x, y), system = (lon, lat), "EPSG:4326"
        # Leaflet puts the upper left corner of its view on a whole pixel of the world.
        left = round((x - (-HALF_WORLD if crs == "EPSG3857" else -180)) / pixel - SIDE / 2)
        top = round(((HALF_WORLD if crs == "EPSG3857" else 90) - y) / pixel - SIDE / 2)
        x0 = (-HALF_WORLD if crs == "EPSG3857" else -180) + left * pixel
        y0 = (HALF_WORLD if crs == "EPSG3857" else 90) - top * pixel
        check(f"Leaflet, {title}", f"{pages.url}/{number}.html", cog, system, (x0, y0 - SIDE * pixel, x0 + SIDE * pixel, y0))


def mercator(lon, lat):
    from math import atanh, radians, sin

    return lon / 180 * HALF_WORLD, atanh(sin(radians(lat))) * 6378137


if __name__ == "__main__":
    main()

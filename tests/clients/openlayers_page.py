"""OpenLayers in headless Chromium: whole and tiled WMS of both versions, tiles, and WMTS by its capabilities.

openlayers_page.py URL COG [OL.JS]      without the third, the one that MapProxy's wheel carries
"""

import json
import sys
from pathlib import Path

import picture
from browser import SIDE, Pages, check
from server import arguments, get, layer

PAGE = """<!doctype html><meta charset=utf-8><script src=ol.js></script>
<style>body {{ margin: 0 }} #map {{ width: {side}px; height: {side}px; background: white }}</style><div id=map></div><script>
const source = {source};
const layer = new ol.layer[source instanceof ol.source.Image ? 'Image' : 'Tile']({{ source }});
new ol.Map({{ target: 'map', controls: [], layers: [layer],
  view: new ol.View({{ projection: '{crs}', center: {center}, resolution: {resolution}, constrainResolution: false, enableRotation: false }}) }});
</script>"""


def main():
    url, cog = arguments()
    if len(sys.argv) > 3:
        library = Path(sys.argv[3])
    else:
        import mapproxy

        library = Path(mapproxy.__file__).parent / "service/templates/demo/static/ol.js"
    name = layer(url, cog)
    cases = {}
    for version in ("1.1.1", "1.3.0"):
        for crs in ("EPSG:3857", "EPSG:4326") + (("CRS:84",) if version == "1.3.0" else ()):
            options = f"url: '{url}/wms', params: {{ LAYERS: '{name}', VERSION: '{version}' }}, projection: '{crs}', transition: 0"
            cases[f"ImageWMS {version} in {crs}"] = crs, f"new ol.source.ImageWMS({{ {options}, ratio: 1 }})"
            cases[f"TileWMS {version} in {crs}"] = crs, f"new ol.source.TileWMS({{ {options} }})"
    cases["XYZ"] = "EPSG:3857", f"new ol.source.XYZ({{ url: '{url}/tiles/{name}/{{z}}/{{x}}/{{y}}.png', maxZoom: 22 }})"
    document = json.dumps(get(f"{url}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities").decode()).replace("</", "<\\/")
    chosen = f"{{ layer: '{name}', matrixSet: 'WebMercatorQuad' }}"
    read = f"ol.source.WMTS.optionsFromCapabilities(new ol.format.WMTSCapabilities().read({document}), {chosen})"
    cases["WMTS"] = "EPSG:3857", f"new ol.source.WMTS({read})"
    boxes = {crs: picture.bounds(cog, crs) for crs in ("EPSG:3857", "EPSG:4326", "CRS:84")}
    content = {"ol.js": library}
    views = []
    for number, (title, (crs, source)) in enumerate(cases.items()):
        min_x, min_y, max_x, max_y = boxes[crs]
        # A level of the tiles, and a view that lies on their pixels, so that none is resampled.
        world, west, north = (40075016.68557849, -20037508.342789244, 20037508.342789244) if crs == "EPSG:3857" else (360, -180, 90)
        resolution = world / 256 / 2**12
        center = (
            west + round(((min_x + max_x) / 2 - west) / resolution) * resolution,
            north - round((north - (min_y + max_y) / 2) / resolution) * resolution,
        )
        content[f"{number}.html"] = PAGE.format(side=SIDE, source=source, crs=crs, center=list(center), resolution=repr(resolution))
        half = resolution * SIDE / 2
        views.append((title, crs, (center[0] - half, center[1] - half, center[0] + half, center[1] + half)))
    pages = Pages(content)
    for number, (title, crs, bbox) in enumerate(views):
        check(f"OpenLayers, {title}", f"{pages.url}/{number}.html", cog, "OGC:CRS84" if crs == "CRS:84" else crs, bbox)


if __name__ == "__main__":
    main()

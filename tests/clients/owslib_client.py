"""OWSLib: capabilities, maps, facts about a place and legends of WMS 1.1.1 and 1.3.0; tiles of WMTS.

owslib_client.py URL COG
"""

import json
import sys

import numpy as np
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService

import picture
from server import arguments, get, layer, pixels

WIDTH, HEIGHT = 400, 300


def main():
    url, cog = arguments()
    name = layer(url, cog)
    for version in ("1.1.1", "1.3.0"):
        wms(WebMapService(f"{url}/wms", version=version), version, name, cog)
    wmts(url, name, cog)


def wms(service, version, name, cog):
    found = service.contents[name]
    west, south, east, north = picture.bounds(cog, "EPSG:4326")
    if not np.allclose(found.boundingBoxWGS84, (west, south, east, north), atol=2e-4):
        sys.exit(f"WMS {version}: the box is {found.boundingBoxWGS84} instead of {(west, south, east, north)}")
    wanted = ["EPSG:4326", "EPSG:3857", picture.CRS] + (["CRS:84"] if version == "1.3.0" else [])
    missing = [crs for crs in wanted if crs not in found.crsOptions]
    if missing:
        sys.exit(f"WMS {version}: {missing} are not among {found.crsOptions}")
    for crs in wanted:
        bbox = picture.inner(cog, crs)
        # OWSLib turns the axes of WMS 1.3.0 itself: it is always given x to the east.
        for transparent in (False, True):
            answer = service.getmap(
                layers=[name], styles=[""], srs=crs, bbox=bbox, size=(WIDTH, HEIGHT), format="image/png", transparent=transparent
            )
            picture.check(
                f"WMS {version} in {crs}, {'transparent' if transparent else 'opaque'}",
                pixels(answer.read()), cog, "OGC:CRS84" if crs == "CRS:84" else crs, bbox,
            )
    bbox = picture.inner(cog, "EPSG:3857")
    reference = picture.expected(cog, "EPSG:3857", bbox, WIDTH, HEIGHT)
    for place, (y, x) in picture.places(picture.inside_of_blocks(reference)).items():
        answer = service.getfeatureinfo(
            layers=[name], query_layers=[name], srs="EPSG:3857", bbox=bbox, size=(WIDTH, HEIGHT), xy=(int(x), int(y)),
            info_format="application/json",
        )
        text = answer.read().decode()
        values = numbers(json.loads(text))
        wanted = reference[y, x, :3].tolist()
        if not contains(values, wanted):
            sys.exit(f"WMS {version}: the facts about the {place} do not hold {wanted}: {text}")
    print(f"ok  WMS {version}, GetFeatureInfo")
    style = next(iter(found.styles.values()))
    if "legend" in style:
        size = pixels(get(style["legend"])).shape
        stated = (int(style.get("legend_height", size[0])), int(style.get("legend_width", size[1])))
        if size[:2] != stated:
            sys.exit(f"WMS {version}: the legend is {size[:2]}, the capabilities say {stated}")
        print(f"ok  WMS {version}, the legend")


def numbers(value):
    """Every number in a document, in its order."""
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def contains(values, wanted):
    """Whether these numbers stand in the list in this order, with anything between them."""
    rest = iter(values)
    return all(any(value == one for value in rest) for one in wanted)


def wmts(url, name, cog):
    service = WebMapTileService(f"{url}/wmts")
    if "WebMercatorQuad" not in service.tilematrixsets or name not in service.contents:
        sys.exit(f"WMTS: {list(service.tilematrixsets)} and {list(service.contents)}")
    matrix = service.tilematrixsets["WebMercatorQuad"].tilematrix["12"]
    x0, y0 = matrix.topleftcorner
    side = matrix.scaledenominator * 0.00028 * matrix.tilewidth
    bbox = picture.inner(cog, "EPSG:3857")
    column = int(((bbox[0] + bbox[2]) / 2 - x0) // side)
    row = int((y0 - (bbox[1] + bbox[3]) / 2) // side)
    tile_box = (x0 + column * side, y0 - (row + 1) * side, x0 + (column + 1) * side, y0 - row * side)
    answer = service.gettile(layer=name, tilematrixset="WebMercatorQuad", tilematrix="12", row=row, column=column, format="image/png")
    picture.check("WMTS, GetTile", pixels(answer.read()), cog, "EPSG:3857", tile_box)


if __name__ == "__main__":
    main()

"""rasterio and rio-tiler read the served file; TiTiler's paths answer what rio-tiler answers about the file itself.

rio_tiler_client.py URL COG
"""

import io
import math
import sys
from urllib.parse import urlencode

import numpy as np
import rasterio
from rasterio.windows import Window
from rio_tiler.io import Reader
from rio_tiler.models import BandStatistics, Info

import picture
from server import arguments, get, get_json, layer, pixels


def same(name, found, wanted, **tolerance):
    """Ends the program if two documents differ in more than the last digits of their numbers."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or set(found) != set(wanted):
            sys.exit(f"{name}: {found!r} instead of {wanted!r}")
        for key in wanted:
            same(f"{name}.{key}", found[key], wanted[key], **tolerance)
    elif isinstance(wanted, (list, tuple)):
        if not isinstance(found, (list, tuple)) or len(found) != len(wanted):
            sys.exit(f"{name}: {found!r} instead of {wanted!r}")
        for index, pair in enumerate(zip(found, wanted)):
            same(f"{name}[{index}]", *pair, **tolerance)
    elif isinstance(wanted, float) and isinstance(found, (int, float)):
        if not math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9):
            sys.exit(f"{name}: {found!r} instead of {wanted!r}")
    elif found != wanted:
        sys.exit(f"{name}: {found!r} instead of {wanted!r}")


def main():
    url, cog = arguments()
    name = layer(url, cog)
    address = f"{url}/cogs/{name}/data"
    with rasterio.open(cog) as file, rasterio.open(address) as served:
        for window in (Window(0, 0, 240, 150), Window(100, 70, 30, 9), Window(239, 149, 1, 1)):
            if not (file.read(window=window) == served.read(window=window)).all():
                sys.exit(f"{window} differs")
    print("ok  rasterio, windows of the served file")

    def titiler(path, **words):
        return f"{url}/cog/{path}?{urlencode({'url': name, **words}, doseq=True)}"

    west, south, east, north = picture.bounds(cog, "EPSG:4326")
    lon, lat = (west + east) / 2, (south + north) / 2
    with Reader(str(cog)) as file, Reader(address) as served:
        z = 12
        x, y = tile_of(lon, lat, z)
        if not (file.tile(x, y, z).array == served.tile(x, y, z).array).all():
            sys.exit("a tile of the served file differs")
        print("ok  rio-tiler, a tile of the served file")

        told = get_json(titiler("info"))
        wanted = Info.model_validate(file.info()).model_dump(mode="json", exclude_none=True)
        Info.model_validate(told)
        same("info", told, wanted)
        print("ok  /cog/info")

        told = get_json(titiler("statistics"))
        for band, wanted in file.statistics().items():
            BandStatistics.model_validate(told[band])
            same(f"statistics.{band}", told[band], wanted.model_dump(mode="json"))
        print("ok  /cog/statistics")

        told = get_json(titiler(f"point/{lon},{lat}"))
        point = file.point(lon, lat)
        wanted = {"coordinates": [lon, lat], "values": point.array.tolist(), "band_names": point.band_names, "band_descriptions": point.band_descriptions}
        same("point", told, wanted)
        told = get_json(titiler(f"point/{lon},{lat}", bidx=[3, 1]))
        same("point with bidx", told["values"], [wanted["values"][2], wanted["values"][0]])
        told = get_json(titiler(f"point/{lon},{lat}", expression="b1+b2"))
        same("point of an expression", told["values"], [float(wanted["values"][0]) + float(wanted["values"][1])])
        print("ok  /cog/point")

        for path in ("tilejson.json", "WebMercatorQuad/tilejson.json"):
            told = get_json(titiler(path, rescale="0,255"))
            same(f"{path} bounds", told["bounds"], list(file.get_geographic_bounds("EPSG:4326")), abs=1e-6)
            if told["maxzoom"] != file.maxzoom or told["minzoom"] != file.minzoom:
                sys.exit(f"{path}: zooms {told['minzoom']} to {told['maxzoom']} instead of {file.minzoom} to {file.maxzoom}")
            data = get(told["tiles"][0].replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y)))
            picture.check(f"{path}, a tile by its address", pixels(data), cog, "EPSG:3857", tile_box(x, y, z))

        box = tile_box(x, y, z)
        for path, side in ((f"{z}/{x}/{y}", 256), (f"{z}/{x}/{y}.png", 256), (f"{z}/{x}/{y}@2x", 512), (f"{z}/{x}/{y}@2x.png", 512)):
            data = pixels(get(titiler(f"tiles/WebMercatorQuad/{path}")))
            if data.shape[:2] != (side, side):
                sys.exit(f"{path} is {data.shape}")
            picture.check(f"/cog/tiles/WebMercatorQuad/{path}", data, cog, "EPSG:3857", box)

        data = np.load(io.BytesIO(get(titiler(f"tiles/WebMercatorQuad/{z}/{x}/{y}.npy"))))
        wanted = file.tile(x, y, z)
        if data.dtype != wanted.array.dtype or data.shape != (4, 256, 256):
            sys.exit(f"the array is {data.dtype} {data.shape}")
        valid = (data[3] == 255) & (wanted.mask == 255)
        if ((data[:3] != wanted.array.data).any(axis=0) & valid).mean() > 0.005 or ((data[3] != wanted.mask).mean() > 0.005):
            sys.exit("the array's values are not rio-tiler's")
        print("ok  a tile as an array")

        boxed = picture.inner(cog, "EPSG:4326")
        place = ",".join(map(repr, boxed))
        data = pixels(get(titiler(f"bbox/{place}/300x200.png")))
        picture.check("/cog/bbox, a size", data, cog, "EPSG:4326", boxed)
        data, wanted = pixels(get(titiler(f"bbox/{place}.png"))), file.part(boxed)
        if data.shape[:2] != (wanted.height, wanted.width):
            sys.exit(f"/cog/bbox is {data.shape}, rio-tiler's part {wanted.height} x {wanted.width}")
        data, wanted = pixels(get(titiler("preview.png", max_size=100))), file.preview(max_size=100)
        if data.shape[:2] != (wanted.height, wanted.width):
            sys.exit(f"/cog/preview is {data.shape}, rio-tiler's preview {wanted.height} x {wanted.width}")
        picture.check("/cog/preview", pixels(get(titiler("preview.png"))), cog, picture.CRS, picture.bounds(cog, picture.CRS))


def tile_of(lon, lat, z):
    side = 2**z
    return int((lon + 180) / 360 * side), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)


def tile_box(x, y, z):
    half = 20037508.342789244
    side = 2 * half / 2**z
    return x * side - half, half - (y + 1) * side, (x + 1) * side - half, half - y * side


if __name__ == "__main__":
    main()

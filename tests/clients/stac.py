"""STAC: pystac walks the collection, stac-validator and pystac judge every document with the schemas of the specification and of
the extensions, kept on disk; pystac-client and rasterio open the assets.

stac.py URL COG [FOLDER OF SCHEMAS]      the folder holds the source packages of tests/clients/schemas.txt
"""

import io
import json
import sys
import tarfile
import urllib.request
from pathlib import Path

import pystac
import pystac.validation
import rasterio
import rasterio.warp
import requests
import shapely
import yaml
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterExtension
from pystac.validation.local_validator import get_local_schema_cache

from server import arguments, get, get_json


def known_schemas(folder):
    """Address to text of every schema that is on disk: those of pystac's wheel, and of the answers that the extensions' own tests
    recorded."""
    schemas = dict(get_local_schema_cache())
    for package in sorted(Path(folder).glob("*.tar.gz")):
        with tarfile.open(package) as archive:
            for member in archive.getmembers():
                if "/cassettes/" in member.name and member.name.endswith(".yaml"):
                    recorded = yaml.load(archive.extractfile(member), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
                    for exchange in recorded["interactions"]:
                        body = exchange["response"]["body"]["string"]
                        if exchange["request"]["uri"].endswith(".json") and exchange["response"]["status"]["code"] == 200:
                            schemas[exchange["request"]["uri"]] = json.loads(body)
    return schemas


def point_of(url, name, lon, lat):
    """What our own path tells of a place."""
    return get_json(f"{url}/cogs/{name}/point?lon={lon}&lat={lat}")


def answer_from(schemas, own):
    """Lets both validators fetch from our server and from this table only."""

    def text(address):
        address = str(address).split("#")[0]
        if address.startswith(own):
            return get(address).decode()
        if address not in schemas:
            sys.exit(f"no schema is at hand for {address}")
        return json.dumps(schemas[address])

    class Kept(pystac.stac_io.DefaultStacIO):
        def read_text(self, source, *_, **__):
            return text(source)

    pystac.StacIO.set_default(Kept)

    def request(_session, method=None, url=None, **__):
        answer = requests.Response()
        answer.status_code, answer._content, answer.url = 200, text(url).encode(), url
        return answer

    requests.Session.request = request
    urllib.request.urlopen = lambda address, **__: io.BytesIO(text(getattr(address, "full_url", address)).encode())


def data_assets(item):
    return {name: asset for name, asset in item.assets.items() if "data" in (asset.roles or [])}


def check_scene(scene):
    """A scene is one item; each of its files is an asset that says what rasterio reads of it."""
    outline = shapely.geometry.shape(scene.geometry)
    for name, asset in data_assets(scene).items():
        with rasterio.open(asset.get_absolute_href()) as file:
            told = [band.data_type for band in RasterExtension.ext(asset).bands]
            if told != list(file.dtypes):
                sys.exit(f"{scene.id}, {name}: {told} instead of {file.dtypes}")
            projection = ProjectionExtension.ext(asset) if "proj:shape" in asset.extra_fields else ProjectionExtension.ext(scene)
            facts = (projection.code, list(projection.shape), list(projection.transform)[:6])
            wanted = (f"EPSG:{file.crs.to_epsg()}", list(file.shape), list(file.transform)[:6])
            if facts != wanted:
                sys.exit(f"{scene.id}, {name}: {facts} instead of {wanted}")
            bounds = rasterio.warp.transform_bounds(file.crs, "EPSG:4326", *file.bounds)
            if not outline.intersects(shapely.geometry.box(*bounds)):
                sys.exit(f"{scene.id}: the outline is not where the file lies")
    print(f"ok  the scene {scene.id} with {len(data_assets(scene))} files")


def main():
    url, cog = arguments()
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).parents[2] / "target/test-python/schemas"
    schemas = known_schemas(folder)
    wanted = [part for part in ("projection/v2", "raster/v1") if not any(f"{part}." in address for address in schemas)]
    if wanted:
        sys.exit(f"{folder} holds no schemas of {wanted}")
    answer_from(schemas, url)

    root = pystac.read_file(f"{url}/stac")
    items = list(root.get_items(recursive=True))
    if not items:
        sys.exit("/stac lists no items")
    documents = [root.get_self_href()] + [item.get_self_href() for item in items]
    documents += [child.get_self_href() for child in root.get_children()]
    for document in [root, *root.get_children(), *items]:
        used = pystac.validation.validate(document)
        print(f"ok  pystac: {document.get_self_href().replace(url, '')} by {len(used)} schemas")

    from stac_validator.stac_validator import StacValidate

    for address in documents:
        judge = StacValidate(address, extensions=False)
        judge.run()
        if not judge.valid:
            sys.exit(f"stac-validator: {address}: {json.dumps(judge.message, indent=1)}")
        print(f"ok  stac-validator: {address.replace(url, '')} by {len(judge.message[0]['schema'])} schemas")

    item = next(item for item in items if item.properties.get("title") == cog.stem or item.id == cog.stem or cog.stem in json.dumps(item.to_dict()))
    projection = ProjectionExtension.ext(item)
    asset = next(asset for asset in item.assets.values() if "data" in (asset.roles or []))
    with rasterio.open(cog) as file, rasterio.open(asset.get_absolute_href()) as served:
        if not (file.read() == served.read()).all():
            sys.exit("the asset's values are not those of the file")
        facts = {
            "proj:code": (projection.code, f"EPSG:{file.crs.to_epsg()}"),
            "proj:shape": (list(projection.shape), list(file.shape)),
            "proj:transform": (list(projection.transform)[:6], list(file.transform)[:6]),
            "proj:bbox": (list(projection.bbox), list(file.bounds)),
            "raster:bands": (
                [(band.data_type, band.nodata) for band in RasterExtension.ext(asset).bands],
                [(dtype, file.nodata) for dtype in file.dtypes],
            ),
            "asset type": (asset.media_type, pystac.MediaType.COG),
        }
    wrong = {name: values for name, values in facts.items() if values[0] != values[1]}
    if wrong:
        sys.exit(f"{item.id}: {wrong}")
    west, south, east, north = item.bbox
    outline = shapely.geometry.shape(item.geometry).bounds
    if max(abs(a - b) for a, b in zip(outline, (west, south, east, north))) > 1e-6:
        sys.exit(f"the box {item.bbox} is not that of the outline {outline}")
    print("ok  the item's facts are those of the file")

    scenes = [item for item in items if len(data_assets(item)) > 1]
    if not scenes:
        sys.exit("no item is a scene with a file for each band")
    for scene in scenes:
        check_scene(scene)

    from rio_tiler.io import STACReader

    with STACReader(item.get_self_href()) as reader:
        name = next(iter(reader.assets))
        found = reader.point((west + east) / 2, (south + north) / 2, assets=[name])
    lon, lat = (west + east) / 2, (south + north) / 2
    told = point_of(url, item.id, lon, lat)
    if [band["value"] for band in told["bands"]] != found.array.tolist():
        sys.exit(f"rio-tiler reads {found.array.tolist()} by the item, /point says {told}")
    print("ok  rio-tiler's STACReader")


if __name__ == "__main__":
    main()

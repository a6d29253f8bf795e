"""MapProxy as a client: it cascades our WMS, and its own picture is right.

mapproxy_cascade.py URL COG
"""

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import yaml
from mapproxy.wsgiapp import make_wsgi_app
from werkzeug.test import Client

import picture
from server import arguments, layer, pixels

WIDTH, HEIGHT = 400, 300


def configuration(url, name, folder):
    def source(version, crs):
        return {
            "type": "wms",
            "wms_opts": {"version": version},
            "supported_srs": [crs],
            "req": {"url": f"{url}/wms?", "layers": name, "transparent": True},
        }

    sources, layers = {}, []
    for version in ("1.1.1", "1.3.0"):
        for crs in ("EPSG:4326", "EPSG:3857"):
            key = f"{version}_{crs}".replace(".", "_").replace(":", "_")
            sources[key] = source(version, crs)
            layers.append({"name": key, "title": key, "sources": [key]})
    sources["tiles"] = {"type": "tile", "grid": "GLOBAL_WEBMERCATOR", "url": f"{url}/tiles/{name}/%(z)s/%(x)s/%(y)s.png", "transparent": True}
    layers.append({"name": "tiles", "title": "tiles", "sources": ["tiles_cache"]})
    return {
        "services": {"wms": {"srs": ["EPSG:4326", "EPSG:3857", "CRS:84"], "image_formats": ["image/png"]}},
        "layers": layers,
        "sources": sources,
        "caches": {"tiles_cache": {"sources": ["tiles"], "grids": ["GLOBAL_WEBMERCATOR"], "disable_storage": True}},
        "globals": {"cache": {"base_dir": str(folder)}, "image": {"resampling_method": "nearest", "paletted": False}},
    }


def main():
    url, cog = arguments()
    name = layer(url, cog)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mapproxy.yaml"
        described = configuration(url, name, folder)
        file.write_text(yaml.safe_dump(described))
        client = Client(make_wsgi_app(str(file)))
        for shown in [layer["name"] for layer in described["layers"]]:
            crs = "EPSG:4326" if shown.endswith("4326") else "EPSG:3857"
            bbox = picture.inner(cog, crs)
            question = urlencode(
                {
                    "SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "LAYERS": shown, "STYLES": "", "SRS": crs,
                    "BBOX": ",".join(map(repr, bbox)), "WIDTH": WIDTH, "HEIGHT": HEIGHT, "FORMAT": "image/png",
                }
            )
            answer = client.get(f"/service?{question}")
            if answer.mimetype != "image/png":
                sys.exit(f"{shown}: {answer.get_data(as_text=True)}")
            # Tiles are resampled once more, so that edges of blocks lie a pixel elsewhere.
            picture.check(f"MapProxy over {shown}", pixels(answer.get_data()), cog, crs, bbox)


if __name__ == "__main__":
    main()

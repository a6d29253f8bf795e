"""The loopback endpoint beside TiTiler and MapServer: the same 200 tiles and 50 maps of the same two COGs (uint16 x 3, Deflate), asked
for by wrk, twice, from each server just started. The tiles are those of ten views of a map, or scattered over the files.

See README.md for what has to be there. Tells requests a second, the time that half and 99 % of the answers took at most, the
processor's time per answer, and the most memory that all of a server's processes held.

    python3 benches/peers/serve.py --titiler /tmp/titiler/bin/python [--runs 3] [--json figures.json]
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
TOP = HERE.parent.parent
PARTS = HERE / "serve"
SIDE, PIXEL = 8192, 10.0
NAMES = ("field", "coast")
ORIGINS = {"field": (400_000.0, 5_400_000.0), "coast": (490_000.0, 5_400_000.0)}
RANGE = (0, 10_000)
CONNECTIONS = 8
ZOOMS = (9, 10, 11, 12, 13, 13, 13)
HALF = 20037508.342789244


def make_files(folder):
    """Two COGs whose values change slowly and are noisy in the last digits, as pictures of land are."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"{name}.tif" for name in NAMES]
    if all(path.exists() for path in made):
        return made
    code = """
import sys, numpy as np
from osgeo import gdal, osr
name, out, x, y, side, pixel = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:])
side = int(side)
noise = np.random.default_rng(len(name) + ord(name[0]))
file = gdal.GetDriverByName("MEM").Create("", side, side, 3, gdal.GDT_UInt16)
file.SetGeoTransform((x, pixel, 0, y, 0, -pixel))
system = osr.SpatialReference(); system.ImportFromEPSG(32633); file.SetProjection(system.ExportToWkt())
along = np.arange(side)
for band in range(3):
    waves = sum(np.outer(np.sin(along / w + band), np.cos(along / (w * 1.3) + p)) for w, p in ((1300, 0), (310, 1), (47, 2)))
    file.GetRasterBand(band + 1).WriteArray((4500 + 1200 * waves + noise.normal(0, 60, (side, side))).clip(1, 10000).astype(np.uint16))
options = ["COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=512", "OVERVIEWS=IGNORE_EXISTING", "NUM_THREADS=2", "RESAMPLING=AVERAGE"]
gdal.GetDriverByName("COG").CreateCopy(out, file, options=options)
"""
    for name, path in zip(NAMES, made):
        x, y = ORIGINS[name]
        partial = path.with_suffix(".part")
        subprocess.run(["/usr/bin/python3", "-c", code, name, partial, str(x), str(y), str(SIDE), str(PIXEL)], check=True)
        partial.rename(path)
    return made


def boxes():
    """Of each file, a box (EPSG:3857) a little smaller than the one around it."""
    code = "import sys\nfrom osgeo import osr\na, b = osr.SpatialReference(), osr.SpatialReference()\na.ImportFromEPSG(32633); b.ImportFromEPSG(3857)\nt = osr.CoordinateTransformation(a, b)\nfor line in sys.stdin:\n    x, y = map(float, line.split()); print(*t.TransformPoint(x, y)[:2])"
    corners = [(x + dx * SIDE * PIXEL, y - dy * SIDE * PIXEL) for x, y in ORIGINS.values() for dx, dy in ((0.04, 0.04), (0.96, 0.96))]
    text = "\n".join(f"{x} {y}" for x, y in corners)
    answer = subprocess.run(["/usr/bin/python3", "-c", code], input=text, capture_output=True, text=True, check=True).stdout
    points = [tuple(map(float, line.split())) for line in answer.split("\n") if line]
    return {name: (points[2 * i][0], points[2 * i + 1][1], points[2 * i + 1][0], points[2 * i][1]) for i, name in enumerate(NAMES)}


def tile_at(z, x, y):
    """Column and row of the tile in which a place lies."""
    side = 2 * HALF / 2**z
    return int((x + HALF) // side), int((HALF - y) // side)


def scattered_tiles_and_maps(within):
    """200 tiles (name, z, x, y), each somewhere in the files, and 50 maps (name, box, width, height)."""
    chance = random.Random(8)
    tiles = set()
    while len(tiles) < 200:
        name, z = chance.choice(NAMES), chance.choice(ZOOMS)
        min_x, min_y, max_x, max_y = within[name]
        tiles.add((name, z, *tile_at(z, chance.uniform(min_x, max_x), chance.uniform(min_y, max_y))))
    maps = []
    while len(maps) < 50:
        name, width, height = chance.choice(NAMES), *chance.choice(((800, 600), (1024, 768), (512, 512)))
        pixel = chance.choice((10, 15, 22, 40, 60))
        min_x, min_y, max_x, max_y = within[name]
        x, y = chance.uniform(min_x, max_x - width * pixel * 0.7), chance.uniform(min_y, max_y - height * pixel * 0.7)
        maps.append((name, (x, y, x + width * pixel, y + height * pixel), width, height))
    return sorted(tiles), maps


def views_of_tiles(within):
    """200 tiles in views of 5 x 4 beside one another, from the middle outwards, as clients that show maps ask for them: not for tiles
    beyond the file, and for none twice."""
    chance = random.Random(8)
    views, seen = [], set()
    while len(seen) < 200:
        name, z = chance.choice(NAMES), chance.choice(ZOOMS)
        min_x, min_y, max_x, max_y = within[name]
        x, y = tile_at(z, chance.uniform(min_x, max_x), chance.uniform(min_y, max_y))
        (first_x, first_y), (last_x, last_y) = tile_at(z, min_x, max_y), tile_at(z, max_x, min_y)
        shown = [(name, z, x + dx, y + dy) for dy in range(-2, 2) for dx in range(-2, 3)]
        new = [tile for tile in shown if first_x <= tile[2] <= last_x and first_y <= tile[3] <= last_y and tile not in seen]
        new.sort(key=lambda tile: (tile[2] - x) ** 2 + (tile[3] - y + 0.5) ** 2)
        new = new[: 200 - len(seen)]
        seen.update(new)
        if new:
            views.append(new)
    return views


def tile_box(z, x, y):
    side = 2 * HALF / 2**z
    return x * side - HALF, HALF - (y + 1) * side, (x + 1) * side - HALF, HALF - y * side


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server's processes, its address and the paths of the tiles and maps."""

    def __init__(self, command, port, environment=None, **named):
        self.process = subprocess.Popen(
            [str(word) for word in command], env={**os.environ, **(environment or {})}, start_new_session=True,
            stdout=named.get("stdout", subprocess.DEVNULL), stderr=subprocess.DEVNULL, text=True,
        )
        self.others = []
        self.port = port

    def processes(self):
        """All processes of the server, by their session."""
        sessions = {self.process.pid, *self.others}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) in sessions:
                found.append((folder, fields))
        return found

    def processor_s(self):
        ticks = os.sysconf("SC_CLK_TCK")
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self.processes()) / ticks

    def memory_mb(self):
        """The most that each process held, added up."""
        total = 0
        for folder, _ in self.processes():
            lines = (folder / "status").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        return total / 1024

    def wait(self, path):
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).read()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{self.process.args} does not answer")

    def stop(self):
        for pid in (self.process.pid, *self.others):
            # What spawn-fcgi has started leads no group of its own.
            for end in (os.killpg, os.kill):
                try:
                    end(pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass
        self.process.wait()


def cogscope(arguments, files, folder):
    server = Server([arguments.cogscope, "serve", *files], None, stdout=subprocess.PIPE)
    url = server.process.stdout.readline().strip().rstrip("/")
    server.port = int(url.rsplit(":", 1)[1])
    with urllib.request.urlopen(f"{url}/cogs") as answer:
        ids = {item["name"]: item["id"] for item in json.loads(answer.read())}
    style = {"bands": "1,2,3", "rescale": ",".join(map(str, RANGE)), "resampling": "nearest"}

    def tile(name, z, x, y):
        return f"/tiles/{ids[name]}/{z}/{x}/{y}.png?{urlencode(style)}"

    def view(name, box, width, height):
        words = {
            "SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "LAYERS": ids[name], "STYLES": "", "SRS": "EPSG:3857",
            "BBOX": ",".join(map(repr, box)), "WIDTH": width, "HEIGHT": height, "FORMAT": "image/png", "TRANSPARENT": "TRUE", **style,
        }
        return f"/wms?{urlencode(words)}"

    return server, tile, view


def titiler(arguments, files, folder):
    port = free_port()
    # What TiTiler's documentation advises, but for options of remote files.
    environment = {
        "GDAL_CACHEMAX": "200", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
        "VSI_CACHE": "TRUE", "VSI_CACHE_SIZE": "5000000", "CPL_VSIL_CURL_CACHE_SIZE": "200000000", "PYTHONWARNINGS": "ignore",
        "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    }
    command = [arguments.titiler, "-m", "uvicorn", "titiler_app:app", "--app-dir", PARTS, "--port", port, "--workers", 2, "--log-level", "error"]
    server = Server([*command], port, environment)
    paths = dict(zip(NAMES, files))
    style = [("bidx", 1), ("bidx", 2), ("bidx", 3), ("rescale", ",".join(map(str, RANGE)))]

    def tile(name, z, x, y):
        return f"/cog/tiles/WebMercatorQuad/{z}/{x}/{y}.png?{urlencode([('url', str(paths[name])), ('tilesize', 256), *style])}"

    def view(name, box, width, height):
        words = [("url", str(paths[name])), ("coord_crs", "EPSG:3857"), ("dst_crs", "EPSG:3857"), *style]
        return f"/cog/bbox/{','.join(map(repr, box))}/{width}x{height}.png?{urlencode(words)}"

    server.wait("/openapi.json")
    return server, tile, view


def mapserver(arguments, files, folder):
    port = free_port()
    fill = (PARTS / "layer.map").read_text()
    scale = f"SCALE={RANGE[0]},{RANGE[1]}"
    layers = "".join(
        fill.replace("LAYER_NAME", name).replace("LAYER_DATA", str(path)).replace("LAYER_SCALE", scale)
        for name, path in zip(NAMES, files)
    )
    (folder / "bench.map").write_text((PARTS / "map.map").read_text().replace("  LAYERS\n", layers))
    (folder / "nginx.conf").write_text((PARTS / "nginx.conf").read_text().replace("FOLDER", str(folder)).replace("PORT", str(port)))
    folder.chmod(0o755)
    server = Server(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", folder / "nginx.log"], port)
    # It starts the two processes and ends.
    fastcgi = ["spawn-fcgi", "-s", folder / "mapserver.socket", "-M", "0666", "-F", 2, "-P", folder / "mapserver.pid", "--", shutil.which("mapserv")]
    environment = {**os.environ, "MS_MAPFILE": str(folder / "bench.map"), "MAPSERVER_CONFIG_FILE": str(PARTS / "mapserver.conf"), "GDAL_CACHEMAX": "200"}
    subprocess.run([str(word) for word in fastcgi], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    server.others += [int(pid) for pid in (folder / "mapserver.pid").read_text().split()]

    def view(name, box, width, height):
        words = {
            "SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "LAYERS": name, "STYLES": "", "SRS": "EPSG:3857",
            "BBOX": ",".join(map(repr, box)), "WIDTH": width, "HEIGHT": height, "FORMAT": "image/png", "TRANSPARENT": "TRUE",
        }
        return f"/mapserv?{urlencode(words)}"

    server.wait("/mapserv?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetCapabilities")
    return server, lambda name, z, x, y: view(name, tile_box(z, x, y), 256, 256), view


def ask(server, paths, folder):
    """One round: every path once. Requests a second, the times of answers, processor time per answer."""
    listed, out = folder / "paths.txt", folder / "round.json"
    listed.write_text("\n".join(paths) + "\n")
    out.unlink(missing_ok=True)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-d900s", "--timeout", "60s", "-s", PARTS / "urls.lua", f"http://127.0.0.1:{server.port}", "--", listed, out]
    before = server.processor_s()
    wrk = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    while not out.exists() and wrk.poll() is None:
        time.sleep(0.05)
    after = server.processor_s()
    wrk.send_signal(signal.SIGINT)
    told = wrk.communicate()[0]
    if not out.exists():
        sys.exit(f"wrk failed: {told}")
    time.sleep(0.1)
    found = json.loads(out.read_text())
    found.update(json.loads(next(line for line in told.splitlines() if line.startswith("PERCENTILES ")).split(" ", 1)[1]))
    found["per_s"] = found["answers"] / found["seconds"]
    found["processor_ms"] = (after - before) * 1000 / found["answers"]
    return found


SERVERS = {"cogscope": cogscope, "titiler": titiler, "mapserver": mapserver}


def look_alike(pictures):
    """The share of pixels of one tile that differ by more than one step from cogscope's, for each of the others."""
    from io import BytesIO

    import numpy as np
    from PIL import Image

    arrays = {name: np.asarray(Image.open(BytesIO(data)).convert("RGBA")).astype(int) for name, data in pictures.items()}
    own = arrays["cogscope"]
    return {name: float((np.abs(own - other).max(axis=2) > 1).mean()) for name, other in arrays.items() if name != "cogscope"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cogscope", default=TOP / "target/release/cogscope")
    parser.add_argument("--titiler", default="/tmp/titiler/bin/python", help="a Python with serve/requirements.txt")
    parser.add_argument("--data", default=TOP / "target/bench-data/serve", type=Path)
    parser.add_argument("--tiles", choices=("views", "scattered"), default="views")
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--only", default=",".join(SERVERS))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    files = make_files(arguments.data.absolute())
    within = boxes()
    tiles, maps = scattered_tiles_and_maps(within)
    # What is asked for together.
    groups = [[tile] for tile in tiles] if arguments.tiles == "scattered" else views_of_tiles(within)
    only = arguments.only.split(",")
    results, pictures = {name: [] for name in only}, {}
    print(f"load of the machine before: {os.getloadavg()[0]:.2f}, {len(os.sched_getaffinity(0))} cores")
    for file in files:
        file.read_bytes()
    for run in range(arguments.runs):
        # In turn, so that what else the machine does meets all of them.
        for name in only:
            with tempfile.TemporaryDirectory(prefix="serve-") as scratch:
                server, tile, view = SERVERS[name](arguments, files, Path(scratch))
                together = [[tile(*words) for words in group] for group in groups] + [[view(*words)] for words in maps]
                random.Random(run).shuffle(together)
                paths = [path for group in together for path in group]
                try:
                    rounds = [ask(server, paths, Path(scratch)) for _ in range(2)]
                    memory = server.memory_mb()
                    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{tile(*tiles[0])}") as answer:
                        pictures[name] = answer.read()
                finally:
                    server.stop()
                results[name].append({"rounds": rounds, "memory_mb": memory, "load": os.getloadavg()[0]})
                told = "; ".join(
                    f"{r['per_s']:.0f}/s, p50 {r['p50_ms']:.0f} ms, p99 {r['p99_ms']:.0f} ms, {r['processor_ms']:.1f} ms of processor, {r['failed']} failed"
                    for r in rounds
                )
                print(f"run {run + 1} {name:10} {told}; {memory:.0f} MB; load {os.getloadavg()[0]:.1f}", flush=True)
    print(f"\n{'medians':12} {'round':5} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'kB':>7} {'MB':>7}")
    for name, runs in results.items():
        for index in range(2):
            of = lambda key: statistics.median(run["rounds"][index][key] for run in runs)
            size = of("bytes") / of("answers") / 1000
            memory = statistics.median(run["memory_mb"] for run in runs)
            print(f"{name:12} {index + 1:5} {of('per_s'):8.1f} {of('p50_ms'):8.1f} {of('p99_ms'):8.1f} {of('processor_ms'):8.2f} {size:7.0f} {memory:7.0f}")
    if len(pictures) > 1 and "cogscope" in pictures:
        try:
            print("pixels of one tile that differ from cogscope's by more than a step:", look_alike(pictures))
        except ImportError:
            pass
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

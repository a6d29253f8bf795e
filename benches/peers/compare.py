#!/usr/bin/env python3
"""Measures cogscope, rio-tiler, GDAL and the bare decompression in turn: same files, same tiles, one run. See README.md."""
import argparse
import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HALF_WORLD_M = 20037508.342789244
SCREEN = (1920, 1080)


class Worker:
    """Another process that answers lines of JSON."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)

    def ask(self, op, **command):
        print(json.dumps({"op": op, **command}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the process ended"}
        if isinstance(answer, dict) and "error" in answer:
            sys.exit(f"{self.process.args[0]} {op} {command}: {answer['error']}")
        return answer


def evict(path):
    """Takes a file out of the system's cache, so that reading it is reading the disk."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


def tiles_of(file, count, seed):
    """Tiles that lie wholly in a picture, at zooms from its own resolution to two levels below."""
    west, south, east, north = file["bounds"]
    own_zoom = math.floor(math.log2(2 * HALF_WORLD_M / 256 / ((east - west) / 8192)))
    draw, tiles = random.Random(seed), []
    for index in range(count):
        zoom = own_zoom - index % 3
        side = 2 * HALF_WORLD_M / 2**zoom
        margin = 1.1 * side
        x = draw.uniform(west + margin, east - margin)
        y = draw.uniform(south + margin, north - margin)
        tiles.append({"z": zoom, "x": int((x + HALF_WORLD_M) // side), "y": int((HALF_WORLD_M - y) // side)})
    return tiles


def middle_of(file, zoom_out):
    west, south, east, north = file["bounds"]
    zoom = math.floor(math.log2(2 * HALF_WORLD_M / 256 / ((east - west) / 8192))) - zoom_out
    side = 2 * HALF_WORLD_M / 2**zoom
    return {"z": zoom, "x": int(((west + east) / 2 + HALF_WORLD_M) // side),
            "y": int((HALF_WORLD_M - (south + north) / 2) // side)}


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summary(samples):
    """p50 and p95 on the clock and on the processor, in milliseconds."""
    def both(key):
        values = [sample[key] / 1e6 for sample in samples if key in sample]
        return {"p50": statistics.median(values), "p95": quantile(values, 0.95)} if values else None
    return {"wall_ms": both("wall_ns"), "cpu_ms": both("cpu_ns"), "samples": len(samples)}


def measure_tiles(sides, files, options):
    """Every side draws every tile in each round, in an order drawn anew each time."""
    peer, rio, gdal = sides
    results = []
    for file in files:
        tiles = tiles_of(file, options.tiles, file["path"])
        draw = {
            "bound": lambda tile: peer.ask("bound", file=file["path"], **tile),
            "cogscope": lambda tile: peer.ask("tile", file=file["path"], **tile),
            "cogscope png": lambda tile: peer.ask("tile", file=file["path"], png=True, **tile),
            "cogscope warm": lambda tile: peer.ask("tile", file=file["path"], warm=True, **tile),
            "cogscope bilinear": lambda tile: peer.ask("tile", file=file["path"], resampling="bilinear", **tile),
            "rio-tiler": lambda tile: rio.ask("tile", file=file["path"], **tile),
            "rio-tiler png": lambda tile: rio.ask("tile", file=file["path"], png=True, **tile),
            "rio-tiler warm": lambda tile: rio.ask("tile", file=file["path"], warm=True, **tile),
            "rio-tiler bilinear": lambda tile: rio.ask("tile", file=file["path"], resampling="bilinear", **tile),
        }
        if gdal:
            draw["GDAL"] = lambda tile: gdal.ask("tile", file=file["path"], **tile)
            draw["GDAL png"] = lambda tile: gdal.ask("tile", file=file["path"], png=True, **tile)
            draw["GDAL warm"] = lambda tile: gdal.ask("tile", file=file["path"], warm=True, **tile)
        if options.cold:
            draw = {name: run for name, run in draw.items() if " " not in name and name != "bound"}
        samples, blocks = {name: [] for name in draw}, []
        for _ in range(options.rounds):
            for tile in tiles:
                order = list(draw)
                random.shuffle(order)
                for name in order:
                    if options.cold:
                        evict(file["path"])
                    answer = draw[name](tile)
                    samples[name].append(answer)
                    if name == "bound":
                        blocks.append(answer["blocks"])
        found = {name: summary(of_name) for name, of_name in samples.items()}
        # Of each tile and round, what one took over what the other took: noise that both saw cancels out.
        def ratio(a, b, key="cpu_ns"):
            pairs = [x[key] / y[key] for x, y in zip(samples[a], samples[b])]
            p50s = found[a]["wall_ms" if key == "wall_ns" else "cpu_ms"]["p50"] / found[b]["wall_ms" if key == "wall_ns" else "cpu_ms"]["p50"]
            return {"of_p50": p50s, "p50_of_pairs": statistics.median(pairs)}
        ratios = {"rio-tiler / cogscope": ratio("rio-tiler", "cogscope", "wall_ns")}
        if not options.cold:
            ratios |= {
                "cogscope / bound": ratio("cogscope", "bound"),
                "cogscope bilinear / bound": ratio("cogscope bilinear", "bound"),
                "rio-tiler / cogscope, PNG": ratio("rio-tiler png", "cogscope png"),
                "rio-tiler / cogscope, blocks cached": ratio("rio-tiler warm", "cogscope warm"),
                "rio-tiler / cogscope, bilinear": ratio("rio-tiler bilinear", "cogscope bilinear"),
            }
        if gdal:
            ratios["GDAL / cogscope"] = ratio("GDAL", "cogscope", "wall_ns")
        agreement = agree(peer, rio, file, tiles[:3])
        results.append({"kind": file["kind"], "place": file["place"], "times": found, "ratios": ratios,
                        "blocks_per_tile": statistics.mean(blocks) if blocks else None, "equal_pixels": agreement})
        show_tiles(results[-1])
    return results


def agree(peer, rio, file, tiles):
    """The share of pixels of some tiles for which both give the same values."""
    shares = []
    for tile in tiles:
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("a.npy", "b.npy")]
            peer.ask("tile", file=file["path"], values=paths[0], **tile)
            rio.ask("tile", file=file["path"], values=paths[1], **tile)
            shares.append(rio.ask("equal", a=paths[0], b=paths[1])["share"])
    return min(shares)


def show_tiles(result):
    print(f"\n{result['kind']} in {result['place']}"
          + (f", {result['blocks_per_tile']:.2f} blocks a tile" if result["blocks_per_tile"] else "")
          + f", {100 * result['equal_pixels']:.2f} % of pixels equal rio-tiler's (at least)")
    for name, found in result["times"].items():
        wall, cpu = found["wall_ms"], found["cpu_ms"]
        line = f"  {name:20} wall p50 {wall['p50']:8.3f} p95 {wall['p95']:8.3f} ms"
        print(line + (f"   cpu p50 {cpu['p50']:8.3f} p95 {cpu['p95']:8.3f} ms" if cpu else ""))
    for name, ratio in result["ratios"].items():
        print(f"  {name:38} {ratio['of_p50']:6.2f} (of pairs {ratio['p50_of_pairs']:.2f})")
    sys.stdout.flush()


def measure_views(sides, files, options):
    """A whole screen from nothing, on all cores."""
    peer, rio, _ = sides
    results = []
    for file in files:
        screen = {"file": file["path"], **middle_of(file, 1), "width": SCREEN[0], "height": SCREEN[1]}
        tiles = [[screen["z"], screen["x"] + col - 4, screen["y"] + row - 2] for row in range(5) for col in range(8)]
        own, bound, other = [], [], []
        for _ in range(options.rounds):
            bound.append(peer.ask("view-bound", **screen))
            own.append(peer.ask("view", **screen))
            other.append(rio.ask("view", file=file["path"], tiles=tiles, processes=os.cpu_count()))
        decoded, needed = {one["decoded"] for one in own}, bound[0]["blocks"]
        if decoded != {needed} or any(one["pictures"] != one["tiles"] for one in own):
            print(f"NOT EACH BLOCK ONCE: {decoded} decoded, {needed} needed, of {file['path']}")
        times = {"bound": summary(bound), "cogscope": summary(own), "rio-tiler": summary(other)}
        p50 = {name: found["wall_ms"]["p50"] for name, found in times.items()}
        cpu = {name: found["cpu_ms"]["p50"] for name, found in times.items() if found["cpu_ms"]}
        results.append({"kind": file["kind"], "place": file["place"], "tiles": own[0]["tiles"], "blocks": needed,
                        "decoded": sorted(decoded), "times": times,
                        "ratios": {"cogscope / bound": p50["cogscope"] / p50["bound"],
                                   "cogscope / bound, processor": cpu["cogscope"] / cpu["bound"],
                                   "rio-tiler / cogscope": p50["rio-tiler"] / p50["cogscope"]}})
        print(f"\nscreen of {own[0]['tiles']} tiles, {file['kind']} in {file['place']}: {needed} blocks, decoded {sorted(decoded)}")
        for name, found in times.items():
            print(f"  {name:12} wall p50 {found['wall_ms']['p50']:8.1f} p95 {found['wall_ms']['p95']:8.1f} ms"
                  + (f"   cpu p50 {found['cpu_ms']['p50']:8.1f} ms" if found["cpu_ms"] else ""))
        for name, ratio in results[-1]["ratios"].items():
            print(f"  {name:30} {ratio:6.2f}")
        sys.stdout.flush()
    return results


def measure_restyle(sides, files, options):
    peer = sides[0]
    results = []
    print("\nanother style, from values in memory, one core")
    for file in files:
        screen = {"file": file["path"], **middle_of(file, 1), "width": SCREEN[0], "height": SCREEN[1]}
        found = [peer.ask("restyle", **screen) for _ in range(options.rounds)]
        cost = [one["cpu_ns"] / 1e6 / one["megapixels"] for one in found]
        results.append({"kind": file["kind"], "place": file["place"], "ms_per_megapixel": statistics.median(cost)})
        print(f"  {file['kind']:16} {file['place']:6} {statistics.median(cost):6.2f} ms a megapixel")
    return results


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_catalog(sides, options):
    """A folder of many COGs, against `gdaltindex` over the same list."""
    peer = sides[0]
    folder = peer.ask("make-many", count=options.many)["path"]
    names = [os.path.join(at, name) for at, _, inside in os.walk(folder) for name in sorted(inside)]
    own, other = [], []
    for _ in range(max(2, options.rounds // 3)):
        own.append(peer.ask("catalog", folder=folder))
        with tempfile.TemporaryDirectory() as out:
            listed = os.path.join(out, "list.txt")
            with open(listed, "w") as file:
                file.write("\n".join(names))
            wall, cpu = time.perf_counter_ns(), children_cpu()
            command = ["gdaltindex", "-t_srs", "EPSG:4326", os.path.join(out, "index.gpkg"), "--optfile", listed]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            other.append({"wall_ns": time.perf_counter_ns() - wall, "cpu_ns": int((children_cpu() - cpu) * 1e9)})
    if own[0]["images"] != len(names) or own[0]["outlines"] != len(names):
        print(f"NOT ALL CATALOGUED: {own[0]} of {len(names)}")
    times = {"cogscope": summary(own), "gdaltindex": summary(other)}
    ratios = {key: times["gdaltindex"][key]["p50"] / times["cogscope"][key]["p50"] for key in ("wall_ms", "cpu_ms")}
    cpu_us = times["cogscope"]["cpu_ms"]["p50"] * 1000 / len(names)
    print(f"\ncatalogue of {len(names)} files: cogscope {times['cogscope']['wall_ms']['p50']:.0f} ms ({cpu_us:.0f} us of processor a file), "
          f"gdaltindex {times['gdaltindex']['wall_ms']['p50']:.0f} ms: {ratios['wall_ms']:.1f} times, processor {ratios['cpu_ms']:.1f} times")
    return {"files": len(names), "times": times, "ratios": ratios, "cpu_us_per_file": cpu_us}


def run_for_memory(command):
    """Milliseconds and the most resident MiB of a program, by GNU time's way: wait4."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command} failed")
    return (time.perf_counter() - begin) * 1000, usage.ru_maxrss / 1024


def bytes_read(command, path):
    """Bytes that a program reads of one file, and the largest read, as strace sees it; None where it isn't installed."""
    with tempfile.NamedTemporaryFile("r") as trace:
        calls = "trace=openat,open,pread64,read,mmap,lseek"
        try:
            subprocess.run(["strace", "-f", "-y", "-e", calls, "-o", trace.name, *command], check=True, stdout=subprocess.DEVNULL)
        except FileNotFoundError:
            return None
        reads = [int(line.rsplit("=", 1)[1].split()[0]) for line in trace
                 if f"<{path}>" in line and ("pread64(" in line or "read(" in line)]
        trace.seek(0)
        mapped = any("mmap(" in line and f"<{path}>" in line for line in trace)
    return {"reads": len(reads), "bytes": sum(reads), "largest": max(reads, default=0), "mapped": mapped}


def measure_huge(sides, options):
    """`info` and one tile of a file that would take 100 GB."""
    peer = sides[0]
    path = peer.ask("make-huge", count=1)["paths"][0]
    info, tile = [options.bin, "info", path, "--json"], None
    described = json.loads(subprocess.run(info, check=True, capture_output=True, text=True).stdout)
    west, south, east, north = described["bounds_lon_lat"]
    lon, lat, zoom = (west + east) / 2, (south + north) / 2, 18
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
    tile = [options.bin, "tile", path, f"{zoom}/{x}/{y}", "-o", os.path.join(tempfile.gettempdir(), "huge-tile.npy")]
    found = {}
    for name, command in (("info", info), ("tile", tile)):
        runs = [run_for_memory(command) for _ in range(options.rounds)]
        found[name] = {"ms": statistics.median(run[0] for run in runs), "most_ms": max(run[0] for run in runs),
                       "resident_mib": max(run[1] for run in runs), "read": bytes_read(command, path)}
        print(f"\n{name} of {described['width']} x {described['height']} pixels: {found[name]['ms']:.1f} ms "
              f"(most {found[name]['most_ms']:.1f}), {found[name]['resident_mib']:.1f} MiB, read of the file: {found[name]['read']}")
    return found


def measure_pan(sides, options):
    """Its own process, so that the peak is its own."""
    peer = Worker(options.peer)
    peer.ask("make-huge", count=options.huge)
    peer = Worker(options.peer)
    folder = os.path.join(HERE, "..", "..", "target", "bench-data", "huge")
    found = peer.ask("pan", folder=folder, **{"from": 13, "to": 21})
    print(f"\npanning over {found['images']} files of 100 GB: {found['screens']} screens, {found['pictures']} pictures, "
          f"{found['empty']} empty, {found['failed']} failed; caches at most {(found['blocks_bytes'] + found['rasters_bytes']) / 2**20:.0f} of "
          f"{found['budget_bytes'] / 2**20:.0f} MiB; peak resident {found['peak_resident_bytes'] / 2**20:.0f} MiB")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = os.path.join(HERE, "..", "..")
    parser.add_argument("--peer", default=os.path.join(root, "target/release/examples/peer"), help="cogscope's side, built")
    parser.add_argument("--bin", default=os.path.join(root, "target/release/cogscope"), help="the program, built")
    parser.add_argument("--python", default=sys.executable, help="a Python with requirements.txt installed")
    parser.add_argument("--gdal-python", default="/usr/bin/python3", help="a Python with GDAL's own bindings; empty for none")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tiles", type=int, default=12, help="tiles of each file")
    parser.add_argument("--many", type=int, default=10_000, help="files to be catalogued")
    parser.add_argument("--huge", type=int, default=100, help="large files to pan over")
    parser.add_argument("--only", default="", help="part of a file's name")
    parser.add_argument("--what", default="tiles,views,restyle,catalog,huge,pan")
    parser.add_argument("--cold", action="store_true", help="files out of the system's cache before each tile")
    parser.add_argument("--json", help="write all figures here")
    options = parser.parse_args()
    what = options.what.split(",")
    peer = Worker(options.peer)
    rio = Worker(options.python, "rio_worker.py")
    gdal = Worker(options.gdal_python, "gdal_worker.py") if options.gdal_python else None
    sides = (peer, rio, gdal)
    figures = {"load_before": os.getloadavg(), "cores": os.cpu_count(), "cold": options.cold}
    if {"tiles", "views", "restyle"} & set(what):
        files = [file for file in peer.ask("make") if options.only in f"{file['kind']}-{file['place']}"]
        for name, measure in (("tiles", measure_tiles), ("views", measure_views), ("restyle", measure_restyle)):
            if name in what:
                figures[name] = measure(sides, files, options)
    for name, measure in (("catalog", measure_catalog), ("huge", measure_huge), ("pan", measure_pan)):
        if name in what:
            figures[name] = measure(sides, options)
    figures["load_after"] = os.getloadavg()
    print(f"\nload of the machine: {figures['load_before']} before, {figures['load_after']} after, {figures['cores']} cores")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()

"""The landing page with the network cable out, in headless Chromium: nothing fails, nothing is asked of anybody else, and the map shows
the pixels that the tiles have.

landing_page.py COGSCOPE FILE… [--cut-off] [--look FOLDER]

With --cut-off it has been started in a network namespace of its own, in which there is this machine and nothing else; without it
Chromium is told that there are no other hosts. --look keeps what was seen.
"""

import argparse
import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from devtools import Page
from server import get, get_json, pixels

WIDTH, HEIGHT = 1280, 800
# Of the map's tiles: where each is on the page, and where it comes from.
TILES = """[...document.querySelectorAll('#map img')].map(tile => {
  const { left, top, width, height } = tile.getBoundingClientRect();
  return { src: tile.src, left, top, width, height };
})"""
DRAWN = """(() => {
  const tiles = [...document.querySelectorAll('#map img')];
  return tiles.length > 0 && tiles.every(tile => tile.complete && tile.naturalWidth === 256);
})()"""
LAYERS = "document.querySelectorAll('#layers button')"


def pull_the_cable():
    """Switches the loopback device of this namespace on; there is no other."""
    up = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, up)
    try:
        # An address that is kept for documents.
        socket.create_connection(("192.0.2.1", 80), 2)
    except OSError as error:
        if error.errno != 101:
            sys.exit(f"this is not cut off: {error}")
        return
    sys.exit("this is not cut off")


def shown_as_served(page, name, out):
    """Compares the screen with the tiles themselves. The pixels that differ from the page's ground."""
    page.until(DRAWN, f"the map of {name} is drawn")
    screen = page.screenshot(out and out / f"{name}.png")
    frame = page.value("(({ left, top, right, bottom }) => [left, top, right, bottom])(document.getElementById('map').getBoundingClientRect())")
    left, top, right, bottom = (round(side) for side in frame)
    seen = compared = 0
    for tile in page.value(TILES):
        x, y = round(tile["left"]), round(tile["top"])
        if (tile["width"], tile["height"]) != (256, 256) or (x, y) != (tile["left"], tile["top"]):
            sys.exit(f"{name}: {tile} is not shown pixel by pixel")
        served = pixels(get(tile["src"]))
        # The buttons are in the upper left corner, the position in the lower right one.
        x0, y0, x1, y1 = max(x, left + 60), max(y, top), min(x + 256, right), min(y + 256, bottom - 40)
        if x0 >= x1 or y0 >= y1:
            continue
        wanted = served[y0 - y : y1 - y, x0 - x : x1 - x]
        opaque = wanted[..., 3] == 255
        got = screen[y0:y1, x0:x1]
        if (got[opaque][:, :3] != wanted[opaque][:, :3]).any():
            wrong = np.argwhere(opaque & (got[..., :3] != wanted[..., :3]).any(axis=2))
            y, x = wrong[0]
            sys.exit(
                f"{name}: {len(wrong)} of {opaque.sum()} pixels are not those of {tile}, the first at column {x}, row {y}: "
                f"{got[y, x].tolist()} instead of {wanted[y, x].tolist()}"
            )
        compared += int(opaque.sum())
        seen += len(np.unique(wanted[opaque][:, :3], axis=0))
    if compared < 20_000 or seen < 20:
        sys.exit(f"{name}: the map shows {compared} pixels of {seen} colours")
    print(f"ok  {name}: {compared} pixels on the map are those of the tiles")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cogscope")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--cut-off", action="store_true")
    parser.add_argument("--look", type=Path)
    arguments = parser.parse_args()
    if arguments.cut_off:
        pull_the_cable()
        further = []
    else:
        further = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    server = subprocess.Popen([arguments.cogscope, "serve", "--token", *arguments.files], stdout=subprocess.PIPE, text=True)
    try:
        look_at(server.stdout.readline().strip().rstrip("/"), further, arguments.look)
    finally:
        server.kill()
        server.wait()


def look_at(url, further, out):
    layers = get_json(f"{url}/layers.json")
    with Page(WIDTH, HEIGHT, *further) as page:
        page.open(f"{url}/")
        shown_as_served(page, "light", out)
        if page.value(f"{LAYERS}.length") != len(layers):
            sys.exit("not every layer is listed")
        for text in ("QGIS", "GDAL", "Leaflet", "curl"):
            if not page.value(f"[...document.querySelectorAll('#list dt')].some(head => head.textContent.includes('{text}'))"):
                sys.exit(f"there is nothing to copy for {text}")
        strange = page.value(f"[...document.querySelectorAll('#list pre')].map(one => one.textContent).filter(one => !one.includes('{url}'))")
        if strange:
            sys.exit(f"these addresses are not whole: {strange}")
        print("ok  what can be copied holds the whole address")
        # Another layer, and a step closer.
        page.click(f"{LAYERS}[{len(layers) - 1}]")
        page.until(f"document.querySelector('#map img')?.src.includes('/{layers[-1]['id']}/')", "the other layer is shown")
        shown_as_served(page, "other", out)
        page.click("document.querySelector('#map button')")
        shown_as_served(page, "closer", out)
        page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        shown_as_served(page, "dark", out)
        ground = page.value("getComputedStyle(document.body).backgroundColor")
        if max(map(int, ground[4:-1].split(","))) > 80:
            sys.exit(f"the dark page is {ground}")
        own = urlsplit(url).netloc
        elsewhere = [address for address in page.asked() if urlsplit(address).netloc != own]
        if elsewhere or page.faults():
            sys.exit("\n".join(["asked elsewhere or failed:", *elsewhere, *page.faults()]))
        print(f"ok  {len(page.asked())} requests, all to cogscope, none failed, and the console is silent")


if __name__ == "__main__":
    main()

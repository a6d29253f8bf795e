"""The picture that every client has to show: a raster that looks different from each side, and what gdalwarp makes of it.

`python3 picture.py FOLDER` writes `asymmetric.tif`, a COG of 8 x 5 blocks of 30 pixels, each of a colour of its own, in UTM
zone 33 north, 1.5 degrees east of its middle, so that no grid of another system is parallel to its own.

Runs with GDAL's own Python (`make`) as well as without it (`expected`, which calls gdalwarp).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

COLUMNS, ROWS, BLOCK = 8, 5, 30
CRS = "EPSG:32633"
WEST, NORTH, PIXEL = 613_000.0, 5_210_000.0, 40.0


def colors():
    """The colours of the blocks, rows x columns x 3."""
    row, column = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.stack([40 + 25 * column, 30 + 45 * row, (60 + 97 * column + 41 * row) % 200 + 20], axis=2).astype(np.uint8)


def make(folder):
    """Writes the COG and returns its path."""
    pixels = colors().repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    folder = Path(folder)
    raw, cog = folder / "asymmetric.raw", folder / "asymmetric.tif"
    raw.write_bytes(np.moveaxis(pixels, 2, 0).tobytes())
    width, height = COLUMNS * BLOCK, ROWS * BLOCK
    band = (
        '<VRTRasterBand dataType="Byte" band="{n}" subClass="VRTRawRasterBand"><ColorInterp>{color}</ColorInterp>'
        '<SourceFilename relativeToVRT="1">asymmetric.raw</SourceFilename><ImageOffset>{offset}</ImageOffset>'
        "<PixelOffset>1</PixelOffset><LineOffset>{width}</LineOffset></VRTRasterBand>"
    )
    bands = "".join(
        band.format(n=n + 1, color=color, offset=n * width * height, width=width)
        for n, color in enumerate(["Red", "Green", "Blue"])
    )
    vrt = folder / "asymmetric.vrt"
    vrt.write_text(
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}"><SRS>{CRS}</SRS>'
        f"<GeoTransform>{WEST},{PIXEL},0,{NORTH},0,{-PIXEL}</GeoTransform>{bands}</VRTDataset>"
    )
    run("gdal_translate", "-q", "-of", "COG", "-co", "BLOCKSIZE=128", "-co", "COMPRESS=DEFLATE", vrt, cog)
    raw.unlink()
    vrt.unlink()
    return cog


def run(*command):
    """Runs a program; its standard output."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def bounds(cog, crs):
    """The box around the file in a system, as `min_x, min_y, max_x, max_y` with x to the east."""
    info = json.loads(run("gdalinfo", "-json", cog))
    corners = [info["cornerCoordinates"][name] for name in ("upperLeft", "upperRight", "lowerRight", "lowerLeft")]
    text = "\n".join(f"{x} {y}" for x, y in corners)
    # Traditional order on both sides: x is the east.
    done = subprocess.run(
        ["gdaltransform", "-s_srs", CRS, "-t_srs", crs, "-output_xy"], input=text, capture_output=True, text=True, check=True
    )
    points = [tuple(map(float, line.split()[:2])) for line in done.stdout.split("\n") if line]
    xs, ys = zip(*points)
    return min(xs), min(ys), max(xs), max(ys)


def inner(cog, crs, share=0.06):
    """A box that the file fills wholly, a little smaller than the one around it."""
    min_x, min_y, max_x, max_y = bounds(cog, crs)
    dx, dy = (max_x - min_x) * share, (max_y - min_y) * share
    return min_x + dx, min_y + dy, max_x - dx, max_y - dy


def expected(cog, crs, bbox, width, height):
    """What gdalwarp makes of the file in this grid: height x width x 4, alpha 0 where there is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        warped, raw = Path(folder) / "warped.tif", Path(folder) / "warped.bin"
        run("gdalwarp", "-q", "-r", "near", "-t_srs", crs, "-te", *bbox, "-ts", width, height, "-dstalpha", cog, warped)
        run("gdal_translate", "-q", "-of", "ENVI", "-co", "INTERLEAVE=BIP", warped, raw)
        return np.frombuffer(raw.read_bytes(), np.uint8).reshape(height, width, 4)


def inside_of_blocks(reference, margin=2):
    """Where a reference has one colour for `margin` pixels to each side, so that no resampling can differ."""
    same = np.ones(reference.shape[:2], bool)
    for dy in range(-margin, margin + 1):
        for dx in range(-margin, margin + 1):
            same &= (np.roll(reference, (dy, dx), axis=(0, 1)) == reference).all(axis=2)
    same[:margin] = same[-margin:] = False
    same[:, :margin] = same[:, -margin:] = False
    return same


def check(name, shown, cog, crs, bbox, tolerance=0, margin=2):
    """Compares what a client shows (height x width x 3 or 4) with gdalwarp's picture of the same grid: the centre, the four
    corners and every other pixel that lies within a block. Ends the program if they differ."""
    background = (255, 255, 255)
    height, width = shown.shape[:2]
    reference = expected(cog, crs, bbox, width, height)
    certain = inside_of_blocks(reference, margin)
    has_data = reference[..., 3] == 255
    shares = (certain & has_data).mean()
    if shares < 0.15:
        sys.exit(f"{name}: only {shares:.0%} of the pixels can be judged; the view is badly chosen")
    wanted = np.where(has_data[..., None], reference[..., :3], np.array(background, np.uint8)).astype(int)
    got = shown[..., :3].astype(int)
    if shown.shape[2] == 4:
        alpha = shown[..., 3:].astype(float) / 255
        got = np.rint(got * alpha + np.array(background) * (1 - alpha)).astype(int)
    wrong = (np.abs(got - wanted).max(axis=2) > tolerance) & certain
    if wrong.any():
        y, x = np.argwhere(wrong)[0]
        sys.exit(
            f"{name}: {wrong.sum()} of {certain.sum()} pixels differ from gdalwarp's, the first at column {x}, row {y}: "
            f"{got[y, x].tolist()} instead of {wanted[y, x].tolist()}"
        )
    for place, (y, x) in places(certain & has_data).items():
        if np.abs(got[y, x] - wanted[y, x]).max() > tolerance:
            sys.exit(f"{name}: the {place} is {got[y, x].tolist()} instead of {wanted[y, x].tolist()}")
    print(f"ok  {name}: {certain.sum()} pixels")


def places(usable):
    """The usable pixels nearest to the centre and to the corners."""
    height, width = usable.shape
    ys, xs = np.nonzero(usable)
    wanted = {
        "centre": (height / 2, width / 2),
        "upper left": (0, 0),
        "upper right": (0, width),
        "lower left": (height, 0),
        "lower right": (height, width),
    }
    found = {}
    for place, (y, x) in wanted.items():
        nearest = np.argmin((ys - y) ** 2 + (xs - x) ** 2)
        found[place] = (ys[nearest], xs[nearest])
    return found


if __name__ == "__main__":
    print(make(sys.argv[1]))

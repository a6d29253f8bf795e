"""Makes small files of every kind that GDAL writes, and compares what cogscope reads of them with what GDAL reads.

    python3 tests/reading_matrix.py PROGRAM FOLDER

Values by their checksums (of lossy files by the picture), masks pixel by pixel, nodata, scales, names, colours, palettes,
overviews, position and reference system; views of Web Mercator with those of gdalwarp. Prints a line for each difference.
"""

import hashlib
import itertools
import json
import math
import os
import subprocess
import sys

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()
gdal.PushErrorHandler("CPLQuietErrorHandler")
PROGRAM, FOLDER = sys.argv[1:3]
WORLD = 20037508.342789244
RANDOM = np.random.default_rng(5)
UTM = (500000, 10, 0, 4600000, 0, -10)
TYPES = {
    "uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16, "uint32": gdal.GDT_UInt32,
    "int32": gdal.GDT_Int32, "uint64": gdal.GDT_UInt64, "int64": gdal.GDT_Int64, "float32": gdal.GDT_Float32,
    "float64": gdal.GDT_Float64, "cint16": gdal.GDT_CInt16, "cint32": gdal.GDT_CInt32,
    "cfloat32": gdal.GDT_CFloat32, "cfloat64": gdal.GDT_CFloat64,
}
STRIPS = ("strips", ["BLOCKYSIZE=8"])
TILES = ("tiles", ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=32"])
PLACEHOLDER = "12345678901234567890"
cases = []
differences = []


def values(kind, bands, height=45, width=37, bits=None):
    """Numbers of a type: smooth above, any below."""
    rows, columns = np.mgrid[0:height, 0:width]
    planes = []
    for band in range(bands):
        if kind.startswith("c"):
            plane = RANDOM.integers(-3000, 3000, rows.shape) + 1j * (columns * rows % 1000 - 300)
            plane = plane.astype(np.complex128 if kind in ("cint32", "cfloat64") else np.complex64)
        elif kind.startswith("float"):
            plane = (np.sin(columns / 5 + band) * 1000 + RANDOM.normal(0, 1, rows.shape)).astype(kind)
            plane[0, 0] = -0.0
        else:
            low, high = (0, 2**bits - 1) if bits else (np.iinfo(kind).min, np.iinfo(kind).max)
            plane = RANDOM.integers(low, high, rows.shape, dtype=kind, endpoint=True)
            plane[: height // 2] = ((columns + 3 * rows + 7 * band) % (min(high, 60000) + 1))[: height // 2]
        planes.append(plane)
    return np.stack(planes)


def picture(bands):
    rows, columns = np.mgrid[0:70, 0:90]
    planes = [128 + 100 * np.sin(columns / (9 + band) + band) + rows * 0.3 for band in range(bands)]
    return np.clip(np.stack(planes), 0, 255).astype(np.uint8)


def reference(text):
    system = osr.SpatialReference()
    system.ImportFromEPSG(text) if isinstance(text, int) else system.SetFromUserInput(text)
    return system


def in_memory(planes, kind, transform=UTM, system=32631):
    bands, height, width = planes.shape
    image = gdal.GetDriverByName("MEM").Create("", width, height, bands, TYPES[kind])
    for band, plane in enumerate(planes, 1):
        image.GetRasterBand(band).WriteArray(plane)
    if transform:
        image.SetGeoTransform(transform)
    if system:
        image.SetProjection(reference(system).ExportToWkt())
    return image


def make(name, image, options=(), tolerance=0, tile=False, after=None):
    """Writes a file, if this GDAL can; `after` changes it, or puts files beside it."""
    path = os.path.join(FOLDER, name + ".tif")
    try:
        gdal.GetDriverByName("GTiff").CreateCopy(path, image, options=list(options), strict=0).FlushCache()
        if after:
            after(path)
    except (RuntimeError, AttributeError):
        if os.path.exists(path):
            os.remove(path)
        return
    cases.append((name, path, tolerance, tile))


def sample_files():
    """Types, compressions, predictors, layouts, byte orders."""
    number = 0
    compressions = ["NONE", "LZW", "PACKBITS", "DEFLATE", "LZMA", "ZSTD", "LERC", "LERC_DEFLATE", "LERC_ZSTD"]
    for kind, compression in itertools.product(TYPES, compressions):
        predictors = "123" if compression in ("LZW", "DEFLATE", "ZSTD", "LZMA") else "1"
        for predictor, (layout, options) in itertools.product(predictors, (STRIPS, TILES)):
            number += 1
            interleave, bands = ("PIXEL", "BAND")[number % 2], (1, 3, 2, 5)[number % 4]
            order, big = ("LITTLE", "BIG")[number // 2 % 2], ("NO", "YES")[number // 3 % 2]
            if "LERC" in compression and kind not in ("uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"):
                continue
            more = [f"COMPRESS={compression}", f"INTERLEAVE={interleave}", f"ENDIANNESS={order}", f"BIGTIFF={big}"]
            more += [f"PREDICTOR={predictor}"] if predictor != "1" else []
            name = f"{kind}_{compression}_{predictor}_{layout}_{interleave}_{order}_{big}"
            make(name, in_memory(values(kind, bands), kind), options + more)
    for bits, compression in itertools.product((1, 2, 3, 4, 5, 7, 9, 10, 12, 15, 17, 24, 31), ("NONE", "LZW", "DEFLATE")):
        kind = "uint8" if bits <= 8 else "uint16" if bits <= 16 else "uint32"
        for bands, interleave in ((1, "PIXEL"), (3, "PIXEL"), (3, "BAND")):
            image = in_memory(values(kind, bands, bits=bits), kind)
            options = [f"NBITS={bits}", f"COMPRESS={compression}", f"INTERLEAVE={interleave}"]
            make(f"bits{bits}_{compression}_{bands}{interleave}", image, options)
    for bits in (3, 7, 12):
        image = in_memory(values("uint8" if bits <= 8 else "uint16", 1, bits=bits), "uint8" if bits <= 8 else "uint16")
        make(f"white_is_0_bits{bits}", image, [f"NBITS={bits}", "PHOTOMETRIC=MINISWHITE"])
    for bits, predictor in itertools.product((16, 24), "123"):
        options = [f"NBITS={bits}", "COMPRESS=DEFLATE", f"PREDICTOR={predictor}"]
        make(f"float{bits}_{predictor}", in_memory(values("float32", 2), "float32"), options)
    for scheme in ("CCITTRLE", "CCITTFAX3", "CCITTFAX4"):
        make(scheme, in_memory(values("uint8", 1, bits=1), "uint8"), ["NBITS=1", f"COMPRESS={scheme}"])
    make("int8", in_memory(values("uint8", 2), "uint8"), ["PIXELTYPE=SIGNEDBYTE"])


def color_files():
    """Photometric interpretations, lossy compressions, alpha, palettes."""
    for (layout, options), interleave in itertools.product((STRIPS, TILES), ("PIXEL", "BAND")):
        options = ["BLOCKYSIZE=16"] if layout == "strips" else options
        kinds = ((1, "MINISBLACK"), (1, "MINISWHITE"), (3, "RGB"), (3, "YCBCR"), (4, "RGB"), (4, "CMYK"), (2, "MINISBLACK"))
        for (bands, colors), quality in itertools.product(kinds, (50, 100)):
            more = ["COMPRESS=JPEG", f"JPEG_QUALITY={quality}", f"INTERLEAVE={interleave}", f"PHOTOMETRIC={colors}"]
            make(f"jpeg_{layout}_{interleave}_{bands}{colors}_{quality}", in_memory(picture(bands), "uint8"), options + more, 60)
        for bands, option in itertools.product((3, 4), ("WEBP_LOSSLESS=YES", "WEBP_LEVEL=80")):
            tolerance = 0 if "LOSSLESS" in option else 60
            more = ["COMPRESS=WEBP", f"INTERLEAVE={interleave}", option]
            make(f"webp_{layout}_{interleave}_{bands}_{option[5:]}", in_memory(picture(bands), "uint8"), options + more, tolerance)
    kinds = ((1, "MINISWHITE"), (4, "CMYK"), (5, "CMYK"), (3, "CIELAB"), (3, "ICCLAB"), (3, "YCBCR"), (5, "RGB"))
    for bands, colors in kinds:
        make(f"colors_{bands}{colors}", in_memory(picture(bands), "uint8"), ["COMPRESS=LZW", f"PHOTOMETRIC={colors}"])
    for bands, alpha, kind in itertools.product((2, 4, 5), ("YES", "NO", "PREMULTIPLIED"), ("uint8", "uint16")):
        planes = picture(bands).astype(kind)
        planes[-1, 10:30, 10:40] = 0
        make(f"alpha_{bands}_{alpha}_{kind}", in_memory(planes, kind), [f"ALPHA={alpha}"])
    for bits, nodata in itertools.product((1, 2, 4, 8), (None, 1)):
        image = in_memory(values("uint8", 1, bits=bits), "uint8")
        table = gdal.ColorTable()
        for index in range(2**bits):
            table.SetColorEntry(index, (index * 7 % 256, index * 3 % 256, 255 - index, 255))
        image.GetRasterBand(1).SetColorTable(table)
        if nodata is not None:
            image.GetRasterBand(1).SetNoDataValue(nodata)
        make(f"palette{bits}_{nodata}", image, ["COMPRESS=DEFLATE", f"NBITS={bits}"])


def put_nodata(text):
    """Writes the text of the tag as it is, which GDAL itself would not: in place of one that is as long."""

    def after(path):
        with open(path, "r+b") as file:
            at = file.read().index(PLACEHOLDER[: len(text)].encode() + b"\0")
            file.seek(at)
            file.write(text.encode() + b"\0")

    return after


def validity_files():
    """Nodata, masks, overviews, blocks that were never written."""
    texts = ["0", "255", "-9999", "nan", "inf", "3.5", "1e30", "none", "0x10", " 7 ", "7,8", "-1", "-32768.9", "5 6"]
    for kind, text in itertools.product(("uint8", "int16", "uint16", "float32", "float64", "int64", "uint64"), texts):
        planes = values(kind, 1, 20, 20)
        planes[:, 2:6, 2:9], planes[:, 8:10] = 3, 0
        if kind.startswith("float"):
            planes[0, 10:12, 3:9] = np.nan
        text_in_tag = text.ljust(2)
        placeholder = int(PLACEHOLDER[: len(text_in_tag)])
        image = in_memory(planes, kind)
        image.GetRasterBand(1).SetNoDataValue(placeholder if kind.endswith("int64") else float(placeholder))
        make(f"nodata_{kind}_{texts.index(text)}", image, after=put_nodata(text_in_tag))
    for internal, compression, bands, overviews in itertools.product(("YES", "NO"), ("NONE", "JPEG", "DEFLATE"), (1, 3), (None, "inside", "beside")):

        def mask(path, internal=internal, overviews=overviews):
            with gdal.config_option("GDAL_TIFF_INTERNAL_MASK", internal):
                image = gdal.Open(path, gdal.GA_Update)
                image.CreateMaskBand(gdal.GMF_PER_DATASET)
                pixels = np.full((300, 500), 255, np.uint8)
                pixels[40:130, 60:200] = pixels[:, 450:] = 0
                image.GetRasterBand(1).GetMaskBand().WriteArray(pixels)
                image = None
                if overviews:
                    access = gdal.GA_Update if overviews == "inside" else gdal.GA_ReadOnly
                    gdal.Open(path, access).BuildOverviews("NEAREST", [2, 4])

        options = [f"COMPRESS={compression}", "TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128"]
        image = in_memory(values("uint8", bands, 300, 500), "uint8")
        make(f"mask_{internal}_{compression}_{bands}_{overviews}", image, options, 60 if compression == "JPEG" else 0, True, mask)
    for access, factors in itertools.product((gdal.GA_Update, gdal.GA_ReadOnly), ([2, 4, 8], [3, 9])):
        build = lambda path, access=access, factors=factors: gdal.Open(path, access).BuildOverviews("NEAREST", factors)
        image = in_memory(values("uint16", 2, 300, 500), "uint16")
        make(f"overviews_{access}_{factors[0]}", image, ["TILED=YES", "COMPRESS=ZSTD"], 0, True, build)
    for compression, nodata, interleave in itertools.product(("NONE", "DEFLATE", "LERC"), (None, 9), ("PIXEL", "BAND")):
        path = os.path.join(FOLDER, f"sparse_{compression}_{nodata}_{interleave}.tif")
        options = ["SPARSE_OK=TRUE", f"COMPRESS={compression}", f"INTERLEAVE={interleave}", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"]
        image = gdal.GetDriverByName("GTiff").Create(path, 300, 200, 2, gdal.GDT_Byte, options)
        image.SetGeoTransform(UTM)
        image.SetProjection(reference(32631).ExportToWkt())
        for band in (1, 2) if nodata is not None else ():
            image.GetRasterBand(band).SetNoDataValue(nodata)
        image.GetRasterBand(1).WriteArray(np.full((70, 70), 200, np.uint8), 64, 64)
        image = None
        cases.append((f"sparse_{compression}_{nodata}_{interleave}", path, 0, False))


def place_files():
    """Positions, reference systems, side files."""

    def place(name, transform, system, size=(120, 90), **more):
        make("place_" + name, in_memory(values("uint8", 1, size[1], size[0]), "uint8", transform, system), tile=True, **more)

    centers = {
        27700: (450000, 300000), 28992: (155000, 463000), 2056: (2600000, 1200000), 2154: (700000, 6600000),
        25832: (500000, 5700000), 3035: (4321000, 3210000), 3031: (500000, -1500000), 3413: (-500000, -1200000),
        5070: (0, 1800000), 2193: (1600000, 5400000), 3857: (1000000, 6000000), 32733: (500000, 7500000),
        31370: (150000, 170000), 2180: (500000, 500000), 3006: (600000, 6800000), 3577: (0, -3000000),
        3978: (0, 500000), 6933: (1000000, 3000000), 3995: (1000000, -1000000), 3067: (400000, 6800000),
    }
    for code, (x, y) in centers.items():
        place(f"epsg{code}", (x - 6000, 100, 0, y + 4500, 0, -100), code)
    systems = {
        "sinusoidal": ("+proj=sinu +lon_0=0 +R=6371007.181", 1000000, 5000000),
        "geostationary": ("+proj=geos +h=35785831 +lon_0=0 +ellps=WGS84 +sweep=y", 1000000, 3500000),
        "mollweide": ("+proj=moll +lon_0=0 +datum=WGS84", 1000000, 5000000),
        "robinson": ("+proj=robin +lon_0=0 +datum=WGS84", 1000000, 5000000),
        "van der grinten": ("+proj=vandg +lon_0=0 +R=6371000", 1000000, 5000000),
        "authalic van der grinten": ("+proj=vandg +lon_0=0 +R_A +datum=WGS84", 1000000, 5000000),
        "eckert_1": ("+proj=eck1 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "eckert_2": ("+proj=eck2 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "eckert_3": ("+proj=eck3 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "eckert_4": ("+proj=eck4 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "eckert_5": ("+proj=eck5 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "eckert_6": ("+proj=eck6 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "winkel_1": ("+proj=wink1 +lat_ts=30 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "winkel_tripel": ("+proj=wintri +lat_1=40 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "aitoff": ("+proj=aitoff +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "gall": ("+proj=gall +lon_0=10 +x_0=5000 +datum=WGS84", 1000000, 5000000),
        "natural_earth": ("+proj=natearth +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "craster": ("+proj=crast +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "quartic_authalic": ("+proj=qua_aut +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "wagner_7": ("+proj=wag7 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "kavrayskiy_7": ("+proj=kav7 +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "hammer": ("+proj=hammer +lon_0=10 +datum=WGS84", 1000000, 5000000),
        "homolosine": ("+proj=goode +lon_0=0 +datum=WGS84", 1000000, 5000000),
        "interrupted_north": ("+proj=igh +lon_0=0 +datum=WGS84", 1000000, 5000000),
        "interrupted_south": ("+proj=igh +lon_0=0 +datum=WGS84", -6600000, -2000000),
        "two_points": ("+proj=tpeqd +lat_1=10 +lon_1=20 +lat_2=30 +lon_2=50 +datum=WGS84", -300000, 500000),
        "bonne": ("+proj=bonne +lat_1=45 +lon_0=2 +ellps=clrk80ign", 300000, -200000),
        "bonne_south": ("+proj=bonne +lat_1=-30 +lon_0=2 +datum=WGS84", 300000, -200000),
        "rotated_pole": ("+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229", -3, 2),
        "stereographic": ("+proj=stere +lat_0=60 +lon_0=10 +k=0.99 +datum=WGS84", 100000, 200000),
        "azimuthal": ("+proj=laea +lat_0=45 +lon_0=-100 +R=6370997", 100000, 200000),
        "cone": ("+proj=lcc +lat_1=33 +lat_2=45 +lat_0=40 +lon_0=-97 +R=6370000", 100000, 200000),
        "oblique": ("+proj=omerc +lat_0=4 +lonc=102.25 +alpha=323 +gamma=323.13 +k=0.99984 +x_0=804670 +no_uoff +ellps=GRS80", 500000, 400000),
        "feet": ("+proj=lcc +lat_1=40 +lat_2=42 +lat_0=39 +lon_0=-77 +x_0=600000 +datum=NAD83 +units=us-ft", 2000000, 300000),
        "meridian": ("+proj=longlat +ellps=clrk80ign +pm=paris", 1, 48),
        "compound": ("EPSG:25832+5783", 500000, 5700000),
    }
    for name, (system, x, y) in systems.items():
        step = 0.01 if "longlat" in system else 1000
        for flavor in ("STANDARD", "ESRI_PE"):
            place(f"{name}_{flavor}", (x - 60 * step, step, 0, y + 45 * step, 0, -step), system, options=[f"GEOTIFF_KEYS_FLAVOR={flavor}"])
    placements = {
        "south_up": (500000, 10, 0, 4600000, 0, 10), "rotated": (500000, 7, 3, 4600000, 4, -8),
        "turned": (500000, 0, 10, 4600000, 10, 0), "oblong": (500000, 10, 0, 4600000, 0, -25),
    }
    for name, transform in placements.items():
        place(name, transform, 32631)
    place("antimeridian", (170, 0.2, 0, 10, 0, -0.2), 4326)
    place("world", (-180, 1, 0, 90, 0, -1), 4326, (360, 180))
    place("world_from_0", (0, 1, 0, 90, 0, -1), 4326, (360, 180))
    place("pole", (-500000, 5000, 0, 500000, 0, -5000), 3413, (200, 200))

    def points(path):
        image = gdal.Open(path, gdal.GA_Update)
        image.SetMetadataItem("AREA_OR_POINT", "Point")

    place("point", UTM, 32631, after=points)

    def world_file(path):
        with open(path[:-3] + "tfw", "w", encoding="ascii") as file:
            file.write("10\n0\n0\n-10\n500005\n4599995\n")

    place("world_file", None, 32631, after=world_file)

    def side_file(path):
        image = gdal.Open(path)
        image.SetGeoTransform((400000, 20, 0, 4500000, 0, -20))
        image.SetProjection(reference(32630).ExportToWkt())
        band = image.GetRasterBand(1)
        band.SetNoDataValue(7), band.SetScale(2.5), band.SetUnitType("m"), band.SetDescription("first")

    place("side_file", UTM, 32631, after=side_file)
    corners = [(column, row) for column in (0, 60, 120) for row in (0, 45, 90)]
    shapes = {
        "line": (corners[:1] + corners[2:3] + corners[6:7], lambda c, r: (10 + c * 0.01, 50 - r * 0.01)),
        "square": (corners, lambda c, r: (10 + c * 0.01 + r * r * 1e-5, 50 - r * 0.01 + c * r * 1e-5)),
    }
    for name, (pixels, position) in shapes.items():
        image = in_memory(values("uint8", 1, 90, 120), "uint8", None, None)
        image.SetGCPs([gdal.GCP(*position(c, r), 0, c, r) for c, r in pixels], reference(4326))
        make(f"place_points_{name}", image, tile=True)
    image = in_memory(values("int16", 3), "int16")
    for index in (1, 2, 3):
        band = image.GetRasterBand(index)
        band.SetScale(0.1 * index), band.SetOffset(-5.0 * index), band.SetDescription(["one", "", "drei ä"][index - 1])
    make("described", image)


def run(*arguments):
    answer = subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=120, check=False)
    return answer.returncode, answer.stdout, answer.stderr.decode(errors="replace").strip()


def number(value):
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value, value) if isinstance(value, str) else value


def same(a, b):
    return a == b or (a is not None and b is not None and (a != a and b != b or abs(a - b) <= 1e-6 * abs(a)))


def compare_facts(image, bands, facts, tolerance, tell):
    first = image.GetRasterBand(1)
    if facts["band_count"] != bands:
        tell(f"{facts['band_count']} bands instead of {bands}")
        return
    for index, fact in enumerate(facts["bands"], 1):
        band = image.GetRasterBand(index)
        digest = hashlib.sha256(np.ascontiguousarray(band.ReadAsArray())).hexdigest()
        if not tolerance and digest != fact["sha256"]:
            tell(f"values of band {index}")
        if not same(band.GetNoDataValue(), number(fact["nodata"])):
            tell(f"nodata {fact['nodata']} instead of {band.GetNoDataValue()}")
        if not same(band.GetScale() or 1, fact["scale"] or 1) or not same(band.GetOffset() or 0, fact["offset"] or 0):
            tell(f"scale {fact['scale']} and offset {fact['offset']}")
        if fact["name"] != band.GetDescription():
            tell(f"name {fact['name']}")
        color = gdal.GetColorInterpretationName(band.GetColorInterpretation())
        if fact["color"] != color:
            tell(f"colour {fact['color']} instead of {color}")
    transform = image.GetGeoTransform(can_return_null=True)
    own = facts["geotransform"]
    if (transform is None) != (own is None) or transform and not np.allclose(transform, own, rtol=1e-12, atol=1e-9):
        tell(f"geotransform {own} instead of {transform}")
    overviews = [first.GetOverview(index) for index in range(first.GetOverviewCount())]
    if [(overview.XSize, overview.YSize) for overview in overviews] != [(o["width"], o["height"]) for o in facts["overviews"]]:
        tell("overviews")
    system = image.GetSpatialRef() or image.GetGCPSpatialRef()
    code = system and system.GetAuthorityName(None) == "EPSG" and int(system.GetAuthorityCode(None))
    if (system is None) != (facts["crs"] is None) or code and facts["crs"]["epsg"] != code:
        tell(f"reference system {facts['crs']} instead of {code}")
    table = first.GetColorTable()
    if table and facts["palette"][: table.GetCount()] != [list(table.GetColorEntry(i)[:3]) for i in range(table.GetCount())]:
        tell("palette")


def compare_pixels(path, image, bands, tolerance, tell):
    """The whole image in its own grid: values where both are valid, and masks."""
    transform, system = image.GetGeoTransform(can_return_null=True), image.GetSpatialRef()
    if not transform or not system or not system.GetAuthorityCode(None) or transform[2] or transform[5] > 0:
        return
    width, height = image.RasterXSize, image.RasterYSize
    box = [transform[0], transform[3] + height * transform[5], transform[0] + width * transform[1], transform[3]]
    out = os.path.join(FOLDER, "view.npy")
    arguments = ["--bbox=" + ",".join(map(repr, box)), "--crs", "EPSG:" + system.GetAuthorityCode(None), "--size", f"{width}x{height}"]
    status, _, told = run("render", path, *arguments, "-o", out, "--resampling", "nearest")
    if status:
        tell(told)
        return
    own = np.load(out)
    theirs = np.stack([image.GetRasterBand(index).ReadAsArray() for index in range(1, bands + 1)])
    valid = np.any([image.GetRasterBand(index).GetMaskBand().ReadAsArray() != 0 for index in range(1, bands + 1)], 0)
    if theirs.dtype.kind == "f":
        valid &= ~np.all(np.isnan(theirs), 0)
    if ((own[-1] != 0) != valid).any():
        tell(f"{((own[-1] != 0) != valid).sum()} pixels of the mask")
    off = np.abs(own[:-1].astype(float) - theirs.astype(float))[:, valid & (own[-1] != 0)]
    if off.size and (off.mean() > 3 if tolerance else np.nanmax(off) > 0):
        tell(f"values off by {np.nanmax(off)}, {np.nanmean(off):.2f} on average")


def compare_tiles(path, image, tolerance, tell):
    try:
        warped = gdal.AutoCreateWarpedVRT(image, None, reference(3857).ExportToWkt())
    except RuntimeError:
        return
    left, step, _, top, _, down = warped.GetGeoTransform()
    x, y = left + step * warped.RasterXSize * 0.37, top + down * warped.RasterYSize * 0.41
    finest = math.floor(math.log2(2 * WORLD / 256 / step))
    out = os.path.join(FOLDER, "tile.npy")
    for zoom in {max(0, zoom) for zoom in (finest - 2, finest, finest + 1)}:
        size = 2 * WORLD / 2**zoom
        column, row = int((x + WORLD) / size), int((WORLD - y) / size)
        if not 0 <= row < 2**zoom or not 0 <= column < 2**zoom:
            continue
        status, _, told = run("tile", path, f"{zoom}/{column}/{row}", "-o", out, "--resampling", "nearest")
        if status:
            tell(told)
            return
        own = np.load(out)
        box = (-WORLD + column * size, WORLD - (row + 1) * size, -WORLD + (column + 1) * size, WORLD - row * size)
        shares = []
        for level in ("AUTO", "NONE"):
            options = {"dstSRS": "EPSG:3857", "outputBounds": box, "width": 256, "height": 256, "resampleAlg": "near"}
            theirs = gdal.Warp("", path, format="MEM", errorThreshold=0, dstAlpha=True, overviewLevel=level, **options).ReadAsArray()
            valid, mask = theirs[-1] != 0, own[-1] != 0
            bands = min(len(theirs), len(own)) - 1
            off = np.abs(theirs[:bands].astype(float) - own[:bands].astype(float))
            unlike = off.mean(0) > (60 if tolerance else 0)
            shares.append(((valid != mask) | (unlike & valid & mask)).mean())
        if min(shares) > 0.005:
            tell(f"{min(shares) * 100:.2f} % of tile {zoom}/{column}/{row}")


def main():
    for files in (sample_files, color_files, validity_files, place_files):
        files()
    _, answers, _ = run("info", "--json", "--checksum", FOLDER)
    facts = {os.path.basename(fact["path"]): fact for fact in json.loads(answers)}
    compared = 0
    for name, path, tolerance, tile in cases:
        tell = lambda text, name=name: differences.append(f"{name}: {text}")
        try:
            image = gdal.Open(path)
            image.ReadRaster()
        except RuntimeError:
            continue
        compared += 1
        fact = facts[name + ".tif"]
        if "error" in fact:
            tell(fact["error"])
            continue
        last = image.GetRasterBand(image.RasterCount)
        has_alpha = image.RasterCount > 1 and last.GetColorInterpretation() == gdal.GCI_AlphaBand
        bands = image.RasterCount - has_alpha
        compare_facts(image, bands, fact, tolerance, tell)
        if tolerance or name.startswith(("nodata", "alpha", "mask", "sparse", "palette")):
            compare_pixels(path, image, bands, tolerance, tell)
        if tile:
            compare_tiles(path, image, tolerance, tell)
    for difference in differences:
        print(difference)
    print(f"{compared} files compared, {len(differences)} differences")
    return 1 if differences or compared < 500 else 0


sys.exit(main())

"""GDAL's side: `gdal.Warp` into memory, with the overview that it chooses by itself."""
from osgeo import gdal

from worker import serve, timed, value_range

HALF_WORLD_M = 20037508.342789244
gdal.UseExceptions()
kept = {}


def draw(source, command):
    side = 2 * HALF_WORLD_M / 2 ** command["z"]
    west, north = command["x"] * side - HALF_WORLD_M, HALF_WORLD_M - command["y"] * side
    kind = {"nearest": "near"}.get(command.get("resampling", "nearest"), command.get("resampling"))
    warped = gdal.Warp("", source, format="MEM", dstSRS="EPSG:3857", width=256, height=256, resampleAlg=kind,
                       outputBounds=(west, north - side, west + side, north), multithread=False)
    if not command.get("png"):
        return warped.ReadAsArray()
    name = {gdal.GDT_Byte: "uint8", gdal.GDT_Float32: "float32"}.get(source.GetRasterBand(1).DataType)
    low, high = value_range(name)
    gdal.Translate("/vsimem/tile.png", warped, format="PNG", outputType=gdal.GDT_Byte, scaleParams=[[low, high]])
    return gdal.VSIStatL("/vsimem/tile.png").size


def tile(command):
    path = command["file"]
    if command.get("warm"):
        if path not in kept:
            kept[path] = gdal.Open(path)
        draw(kept[path], command)
        return timed(lambda: draw(kept[path], command))[1]
    source = gdal.Open(path)
    return timed(lambda: draw(source, command))[1]


if __name__ == "__main__":
    serve({"tile": tile})

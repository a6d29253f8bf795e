"""GDAL reads the file itself through /vsicurl: every value, by blocks that it asks for one by one, and by whole overviews.

Runs in a Python with GDAL's bindings: gdal_vsicurl.py URL COG
"""

import sys

from osgeo import gdal

from server import arguments, get_json, layer

gdal.UseExceptions()


def facts(path):
    """What can be read of a file."""
    dataset = gdal.Open(path)
    bands = [dataset.GetRasterBand(band + 1) for band in range(dataset.RasterCount)]
    return {
        "size": (dataset.RasterXSize, dataset.RasterYSize),
        "transform": dataset.GetGeoTransform(),
        "system": dataset.GetSpatialRef().ExportToWkt(),
        "layout": dataset.GetMetadata("IMAGE_STRUCTURE"),
        "checksums": [band.Checksum() for band in bands],
        "overviews": [[band.GetOverview(i).Checksum() for i in range(band.GetOverviewCount())] for band in bands],
    }


def main():
    url, cog = arguments()
    name = layer(url, cog)
    wanted = facts(str(cog))
    href = next(item["href"] for item in get_json(f"{url}/cogs") if item["id"] == name)
    for address in (f"{url}/cogs/{name}/data", f"{url}/cogs/{name}/data.tif", href):
        # What GDAL's documentation advises for object stores, and its defaults.
        for options in ({}, {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "CPL_VSIL_CURL_CHUNK_SIZE": "1024"}):
            gdal.VSICurlClearCache()
            for option, value in options.items():
                gdal.SetConfigOption(option, value)
            found = facts(f"/vsicurl/{address}")
            for option in options:
                gdal.SetConfigOption(option, None)
            if found != wanted:
                sys.exit(f"{address} {options}: {found} instead of {wanted}")
            print(f"ok  {address.replace(url, '')} {options}: {sum(map(len, found['overviews']))} overviews")
    size = gdal.VSIStatL(f"/vsicurl/{url}/cogs/{name}/data").size
    if size != cog.stat().st_size:
        sys.exit(f"the size is {size} instead of {cog.stat().st_size}")


if __name__ == "__main__":
    main()

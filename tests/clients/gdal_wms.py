"""GDAL's WMS driver, with the addresses that people paste and with description files; its TMS and WMTS clients too.

Runs in a Python with GDAL's bindings: gdal_wms.py URL COG
"""

import sys

import numpy as np
from osgeo import gdal

import picture
from server import arguments, layer

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_ENABLE_WMS_CACHE", "NO")

WIDTH, HEIGHT = 400, 300


def shown(dataset, bbox):
    """What the driver gives for a box, in the dataset's own system, x to the east."""
    warped = gdal.Translate("", dataset, format="MEM", projWin=[bbox[0], bbox[3], bbox[2], bbox[1]], width=WIDTH, height=HEIGHT, resampleAlg="near")
    return np.moveaxis(warped.ReadAsArray(), 0, 2)


def description(url, version, crs, bbox, name):
    """A description file as the driver's documentation shows it."""
    system = f"<CRS>{crs}</CRS>" if version == "1.3.0" else f"<SRS>{crs}</SRS>"
    order = "yxYX" if version == "1.3.0" and crs == "EPSG:4326" else "xyXY"
    min_x, min_y, max_x, max_y = bbox
    return f"""<GDAL_WMS>
      <Service name="WMS"><Version>{version}</Version><ServerUrl>{url}/wms?</ServerUrl><Layers>{name}</Layers>
        {system}<ImageFormat>image/png</ImageFormat><Transparent>FALSE</Transparent><BBoxOrder>{order}</BBoxOrder></Service>
      <DataWindow><UpperLeftX>{min_x}</UpperLeftX><UpperLeftY>{max_y}</UpperLeftY><LowerRightX>{max_x}</LowerRightX>
        <LowerRightY>{min_y}</LowerRightY><SizeX>{WIDTH}</SizeX><SizeY>{HEIGHT}</SizeY></DataWindow>
      <BandsCount>3</BandsCount><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><OverviewCount>0</OverviewCount>
    </GDAL_WMS>"""


def tiles(url, name):
    """A description file for tiles."""
    half = 20037508.342789244
    return f"""<GDAL_WMS>
      <Service name="TMS"><ServerUrl>{url}/tiles/{name}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service>
      <DataWindow><UpperLeftX>{-half}</UpperLeftX><UpperLeftY>{half}</UpperLeftY><LowerRightX>{half}</LowerRightX>
        <LowerRightY>{-half}</LowerRightY><TileLevel>14</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
        <YOrigin>top</YOrigin></DataWindow>
      <Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><BandsCount>4</BandsCount>
    </GDAL_WMS>"""


def whole_pixels(bbox, transform):
    """The box moved outwards to the edges of a dataset's pixels, and the columns and rows in it."""
    left, right = (round((x - transform[0]) / transform[1]) for x in (bbox[0], bbox[2]))
    top, bottom = (round((y - transform[3]) / transform[5]) for y in (bbox[3], bbox[1]))
    box = (transform[0] + left * transform[1], transform[3] + bottom * transform[5], transform[0] + right * transform[1], transform[3] + top * transform[5])
    return box, (left, top, right - left, bottom - top)


def main():
    url, cog = arguments()
    name = layer(url, cog)
    for version, crs in [
        ("1.1.1", "EPSG:4326"), ("1.1.1", "EPSG:3857"), ("1.3.0", "EPSG:4326"), ("1.3.0", "CRS:84"), ("1.3.0", "EPSG:3857"),
        ("1.1.1", picture.CRS), ("1.3.0", picture.CRS),
    ]:
        bbox = picture.inner(cog, crs)
        dataset = gdal.Open(description(url, version, crs, bbox, name))
        picture.check(f"WMS {version} in {crs}, a description file", shown(dataset, bbox), cog, warpable(crs), bbox)

    for version in ("1.1.1", "1.3.0"):
        dataset = gdal.Open(f"WMS:{url}/wms?SERVICE=WMS&VERSION={version}&REQUEST=GetCapabilities")
        addresses = [path for path, _ in dataset.GetSubDatasets() if f"LAYERS={name}" in path.upper().replace(name.upper(), name)]
        if not addresses:
            sys.exit(f"WMS {version}: the driver finds no layer {name} among {dataset.GetSubDatasets()}")
        # The driver's own choice is JPEG.
        dataset = gdal.Open(addresses[0] + "&FORMAT=image/png")
        transform = dataset.GetGeoTransform()
        system = dataset.GetSpatialRef()
        crs = f"EPSG:{system.GetAuthorityCode(None)}" if system.GetAuthorityCode(None) else "EPSG:4326"
        bbox = picture.inner(cog, crs)
        picture.check(f"WMS {version}, the address from the capabilities ({crs})", shown(dataset, bbox), cog, crs, bbox)
        assert transform[5] < 0
        dataset = gdal.Open(addresses[0])
        picture.check(f"WMS {version}, the address from the capabilities, as JPEG", shown(dataset, bbox), cog, crs, bbox, tolerance=20)

    for title, address in [
        ("tiles, a description file", tiles(url, name)),
        ("WMTS, the address from the capabilities", f"WMTS:{url}/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetCapabilities,layer={name}"),
    ]:
        dataset = gdal.Open(address)
        # The level at which the file fills some tiles: a pixel of it is about a pixel of theirs.
        resolution = abs(dataset.GetGeoTransform()[1])
        band = dataset.GetRasterBand(1)
        levels = [dataset] + [index for index in range(band.GetOverviewCount())]
        sizes = [dataset.RasterXSize] + [band.GetOverview(i).XSize for i in range(band.GetOverviewCount())]
        wanted = min(range(len(levels)), key=lambda i: abs(resolution * sizes[0] / sizes[i] - 38))
        if wanted > 0:
            dataset = gdal.OpenEx(address, open_options=[f"OVERVIEW_LEVEL={wanted - 1}"])
        bbox, window = whole_pixels(picture.inner(cog, "EPSG:3857"), dataset.GetGeoTransform())
        got = np.moveaxis(dataset.ReadAsArray(*window), 0, 2)
        picture.check(title, got, cog, "EPSG:3857", bbox)


def warpable(crs):
    """gdalwarp's name of the system, with x to the east."""
    return "OGC:CRS84" if crs == "CRS:84" else crs


if __name__ == "__main__":
    main()

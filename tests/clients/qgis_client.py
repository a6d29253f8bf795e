"""QGIS without a window: WMS of both versions in EPSG:4326, CRS:84 and EPSG:3857, tiles and WMTS, and the file itself.

Not part of the tests, for QGIS is large. On Debian 12: `apt-get install --no-install-recommends qgis python3-qgis qgis-providers`, then

    cogscope serve asymmetric.tif &      # made by picture.py
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/clients/qgis_client.py http://127.0.0.1:PORT asymmetric.tif
"""

import sys
import tempfile

import numpy as np
from qgis.core import (
    Qgis, QgsApplication, QgsCoordinateReferenceSystem, QgsMapRendererSequentialJob, QgsMapSettings, QgsRasterLayer, QgsRectangle,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

import picture
from server import arguments, layer

WIDTH, HEIGHT = 400, 300


def check(name, source, provider, crs, bbox, margin=2):
    """Compares what the map canvas would show."""
    found = QgsRasterLayer(source, "shown", provider)
    if not found.isValid():
        sys.exit(f"QGIS does not open {source}: {found.error().message()}")
    settings = QgsMapSettings()
    settings.setLayers([found])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(QgsRectangle(*bbox))
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    for error in job.errors():
        sys.exit(f"{source}: {error.message}")
    image = job.renderedImage().convertToFormat(QImage.Format_RGBA8888)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    shown = np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, :WIDTH]
    # The box, made as wide as the canvas.
    seen = settings.visibleExtent()
    bbox = seen.xMinimum(), seen.yMinimum(), seen.xMaximum(), seen.yMaximum()
    picture.check(f"QGIS, {name}", shown, cog_of(), crs, bbox, margin=margin)


def cog_of():
    return arguments()[1]


def main():
    url, cog = arguments()
    name = layer(url, cog)
    print("QGIS", Qgis.QGIS_VERSION)
    with tempfile.TemporaryDirectory() as folder:
        QgsApplication.setPrefixPath("/usr", True)
        application = QgsApplication([], False, folder)
        application.initQgis()
        for version in ("1.1.1", "1.3.0"):
            for crs in ("EPSG:4326", "EPSG:3857", picture.CRS) + (("CRS:84",) if version == "1.3.0" else ()):
                capabilities = f"{url}/wms?VERSION={version}".replace("?", "%3F").replace("=", "%3D")
                source = f"crs={crs}&dpiMode=7&format=image/png&layers={name}&styles=&url={capabilities}"
                system = "OGC:CRS84" if crs == "CRS:84" else crs
                bbox = picture.inner(cog, system)
                # Between its two systems of degrees QGIS moves pixels by a fraction.
                check(f"WMS {version} in {crs}", source, "wms", system, bbox, margin=4 if crs == "CRS:84" else 2)
        bbox = picture.inner(cog, "EPSG:3857")
        tiles = f"{url}/tiles/{name}/{{z}}/{{x}}/{{y}}.png".replace("{", "%7B").replace("}", "%7D")
        # Tiles of a level are shown at any scale, so that edges of blocks lie up to a pixel elsewhere.
        check("XYZ", f"type=xyz&url={tiles}&zmin=0&zmax=18", "wms", "EPSG:3857", bbox, margin=4)
        wmts = f"{url}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities".replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
        source = f"crs=EPSG:3857&format=image/png&layers={name}&styles=default&tileMatrixSet=WebMercatorQuad&url={wmts}"
        check("WMTS", source, "wms", "EPSG:3857", bbox, margin=4)
        check("the file by /vsicurl", f"/vsicurl/{url}/cogs/{name}/data", "gdal", "EPSG:3857", bbox)
        application.exitQgis()


if __name__ == "__main__":
    main()

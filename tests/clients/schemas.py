"""The documents against the schemas of the OGC, which MapProxy's wheel carries: capabilities and exceptions of both versions of
WMS, capabilities and exceptions of WMTS.

schemas.py URL COG
"""

import sys
import urllib.error
import urllib.request
from pathlib import Path

import mapproxy.test
from lxml import etree

from server import arguments, layer

SCHEMAS = Path(mapproxy.test.__file__).parent / "schemas"


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def check(name, url, schema):
    document = etree.fromstring(fetch(url), etree.XMLParser(load_dtd=False, no_network=True))
    path = SCHEMAS / schema
    rules = etree.DTD(str(path)) if path.suffix == ".dtd" else etree.XMLSchema(etree.parse(str(path)))
    if not rules.validate(document):
        errors = "\n".join(str(entry) for entry in rules.error_log.filter_from_errors())
        sys.exit(f"{name} is not valid by {schema}:\n{errors}")
    print(f"ok  {name}: {sum(1 for _ in document.iter())} elements")


def main():
    url, cog = arguments()
    name = layer(url, cog)
    wms = f"{url}/wms?SERVICE=WMS"
    check("WMS 1.3.0 capabilities", f"{wms}&VERSION=1.3.0&REQUEST=GetCapabilities", "wms/1.3.0/capabilities_1_3_0.xsd")
    check("WMS 1.1.1 capabilities", f"{wms}&VERSION=1.1.1&REQUEST=GetCapabilities", "wms/1.1.1/capabilities_1_1_1.dtd")
    check("WMS 1.3.0 exception", f"{wms}&VERSION=1.3.0&REQUEST=GetMap", "wms/1.3.0/exceptions_1_3_0.xsd")
    check("WMS 1.1.1 exception", f"{wms}&VERSION=1.1.1&REQUEST=GetMap", "wms/1.1.1/exception_1_1_1.dtd")
    wmts = f"{url}/wmts?SERVICE=WMTS&VERSION=1.0.0"
    check("WMTS capabilities", f"{wmts}&REQUEST=GetCapabilities", "wmts/1.0/wmtsGetCapabilities_response.xsd")
    check("WMTS capabilities by path", f"{url}/wmts/1.0.0/WMTSCapabilities.xml", "wmts/1.0/wmtsGetCapabilities_response.xsd")
    check("WMTS exception", f"{wmts}&REQUEST=GetTile&LAYER={name}", "ows/1.1.0/owsExceptionReport.xsd")


if __name__ == "__main__":
    main()

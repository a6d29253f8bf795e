"""What every client's script is given: the server's address and the file that it serves."""

import io
import json
import sys
from pathlib import Path
from urllib.request import urlopen

import numpy as np


def arguments():
    """The address without a slash at its end, and the path of the COG."""
    return sys.argv[1].rstrip("/"), Path(sys.argv[2])


def get(url):
    """The bytes of an answer."""
    with urlopen(url, timeout=60) as answer:
        return answer.read()


def get_json(url):
    """An answer in JSON."""
    return json.loads(get(url))


def layer(url, cog):
    """The id of the layer that shows the file."""
    name = cog.stem
    for item in get_json(f"{url}/cogs"):
        if item["name"] == name:
            return item["id"]
    sys.exit(f"/cogs does not list {name}")


def pixels(data):
    """A picture's bytes as height x width x 4."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))

"""rio-tiler's side: `Reader.tile()`, one tile at a time or a screen of them by as many processes as asked for."""
import multiprocessing
import time

import numpy as np
from rio_tiler.io import Reader

from worker import serve, timed, value_range

kept = {}


def draw(reader, command):
    how = command.get("resampling", "nearest")
    image = reader.tile(command["x"], command["y"], command["z"], resampling_method=how, reproject_method=how)
    if command.get("png"):
        image.rescale(in_range=(value_range(image.array.dtype),))
        return image.render(img_format="PNG")
    return image


def tile(command):
    path = command["file"]
    if command.get("warm"):
        if path not in kept:
            kept[path] = Reader(path)
        draw(kept[path], command)
        _, took = timed(lambda: draw(kept[path], command))
        return took
    with Reader(path) as reader:
        image, took = timed(lambda: draw(reader, command))
    if "values" in command:
        np.save(command["values"], np.concatenate([image.data, image.mask[None].astype(image.data.dtype)]))
    return took


def some_tiles(path, how, tiles, next_tile, ready, ends, index):
    """Draws whatever tile is next until there is none."""
    with Reader(path) as reader:
        ready.wait()
        while True:
            with next_tile.get_lock():
                at, next_tile.value = next_tile.value, next_tile.value + 1
            if at >= len(tiles):
                break
            z, x, y = tiles[at]
            draw(reader, {"z": z, "x": x, "y": y, "resampling": how})
        ends[index] = time.perf_counter()


def view(command):
    processes = command["processes"]
    next_tile, ready = multiprocessing.Value("l", 0), multiprocessing.Barrier(processes + 1)
    ends = multiprocessing.Array("d", processes)
    shared = (command["file"], command.get("resampling", "nearest"), command["tiles"], next_tile, ready, ends)
    crew = [multiprocessing.Process(target=some_tiles, args=(*shared, index)) for index in range(processes)]
    for one in crew:
        one.start()
    ready.wait()
    begin = time.perf_counter()
    for one in crew:
        one.join()
    return {"wall_ns": int((max(ends) - begin) * 1e9)}


def equal(command):
    """The share of pixels at which two arrays agree on the mask and, where that is set, on the values."""
    a, b = np.load(command["a"]), np.load(command["b"])
    masks = (a[-1] != 0) == (b[-1] != 0)
    values = ((a[:-1] == b[:-1]).all(axis=0)) | (b[-1] == 0)
    return {"share": float((masks & values).mean())}


if __name__ == "__main__":
    serve({"tile": tile, "view": view, "equal": equal})

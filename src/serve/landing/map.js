// A small map of tiles: dragged, zoomed with the wheel, the buttons and the keyboard. Zoom levels are whole, so that every tile is
// shown pixel by pixel.
"use strict";

const TILE = 256;
const LAST_ZOOM = 24;

class TileMap {
  constructor(element, moved) {
    this.element = element;
    this.moved = moved;
    this.address = null;
    // The centre in tiles of zoom 0: x and y from 0 to 1.
    this.x = 0.5;
    this.y = 0.5;
    this.zoom = 0;
    this.tiles = new Map();
    this.plane = document.createElement("div");
    element.append(this.plane, this.buttons());
    this.listen();
    new ResizeObserver(() => this.draw()).observe(element);
  }

  // Shows a layer by the document that describes its tiles, and of it first a box in degrees.
  show(description, home) {
    this.address = description.tiles[0];
    this.clear();
    const [west, south, east, north] = home;
    const [left, top] = TileMap.place(west, north);
    const [right, bottom] = TileMap.place(east, south);
    [this.x, this.y] = [(left + right) / 2, (top + bottom) / 2];
    const { clientWidth: width, clientHeight: height } = this.element;
    const across = Math.log2(width / TILE / Math.max(right - left, 1e-12));
    const down = Math.log2(height / TILE / Math.max(bottom - top, 1e-12));
    this.zoom = Math.max(0, Math.min(Math.floor(Math.min(across, down)), description.maxzoom + 1, LAST_ZOOM));
    this.draw();
  }

  clear() {
    this.plane.replaceChildren();
    this.tiles.clear();
  }

  static place(lon, lat) {
    const bounded = Math.max(-85.0511287, Math.min(85.0511287, lat));
    return [(lon + 180) / 360, (1 - Math.asinh(Math.tan((bounded * Math.PI) / 180)) / Math.PI) / 2];
  }

  static degrees(x, y) {
    return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
  }

  draw() {
    if (!this.address) return;
    const { clientWidth: width, clientHeight: height } = this.element;
    const side = 2 ** this.zoom;
    const left = Math.round(this.x * side * TILE - width / 2);
    const top = Math.round(this.y * side * TILE - height / 2);
    const wanted = new Set();
    for (let row = Math.max(0, Math.floor(top / TILE)); row * TILE < top + height && row < side; row++) {
      for (let column = Math.max(0, Math.floor(left / TILE)); column * TILE < left + width && column < side; column++) {
        const key = `${this.zoom}/${column}/${row}`;
        wanted.add(key);
        let tile = this.tiles.get(key);
        if (!tile) {
          tile = document.createElement("img");
          tile.alt = "";
          tile.draggable = false;
          tile.onerror = () => tile.remove();
          tile.src = this.address.replace("{z}", this.zoom).replace("{x}", column).replace("{y}", row);
          this.plane.append(tile);
          this.tiles.set(key, tile);
        }
        tile.style.transform = `translate(${column * TILE - left}px, ${row * TILE - top}px)`;
      }
    }
    for (const [key, tile] of this.tiles) {
      if (!wanted.has(key)) {
        tile.remove();
        this.tiles.delete(key);
      }
    }
  }

  // The position of a point of the element, in degrees.
  at(left, top) {
    const scale = 2 ** this.zoom * TILE;
    const { clientWidth: width, clientHeight: height } = this.element;
    return TileMap.degrees(this.x + (left - width / 2) / scale, this.y + (top - height / 2) / scale);
  }

  move(dx, dy) {
    const scale = 2 ** this.zoom * TILE;
    this.x = Math.max(0, Math.min(1, this.x - dx / scale));
    this.y = Math.max(0, Math.min(1, this.y - dy / scale));
    this.draw();
  }

  // Zooms so that the point of the element stays where it is.
  zoomBy(steps, left = this.element.clientWidth / 2, top = this.element.clientHeight / 2) {
    const zoom = Math.max(0, Math.min(LAST_ZOOM, this.zoom + steps));
    if (zoom === this.zoom) return;
    const offset = [left - this.element.clientWidth / 2, top - this.element.clientHeight / 2];
    const change = 1 / (2 ** this.zoom * TILE) - 1 / (2 ** zoom * TILE);
    this.zoom = zoom;
    this.x = Math.max(0, Math.min(1, this.x + offset[0] * change));
    this.y = Math.max(0, Math.min(1, this.y + offset[1] * change));
    this.clear();
    this.draw();
  }

  buttons() {
    const box = document.createElement("div");
    box.className = "buttons";
    for (const [text, label, steps] of [["+", "Zoom in", 1], ["\u2212", "Zoom out", -1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.title = label;
      button.setAttribute("aria-label", label);
      button.onclick = () => this.zoomBy(steps);
      box.append(button);
    }
    return box;
  }

  listen() {
    const element = this.element;
    let from = null;
    let wheel = 0;
    element.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button")) return;
      from = [event.clientX, event.clientY];
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      const box = element.getBoundingClientRect();
      if (this.address) this.moved(...this.at(event.clientX - box.left, event.clientY - box.top));
      if (!from) return;
      this.move(event.clientX - from[0], event.clientY - from[1]);
      from = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { from = null; });
    element.addEventListener("wheel", (event) => {
      event.preventDefault();
      wheel += event.deltaY;
      if (Math.abs(wheel) < 40) return;
      const box = element.getBoundingClientRect();
      this.zoomBy(wheel < 0 ? 1 : -1, event.clientX - box.left, event.clientY - box.top);
      wheel = 0;
    }, { passive: false });
    element.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
      if (moves[event.key]) this.move(...moves[event.key]);
      else if (event.key === "+" || event.key === "=") this.zoomBy(1);
      else if (event.key === "-") this.zoomBy(-1);
      else return;
      event.preventDefault();
    });
  }
}

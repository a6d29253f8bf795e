// The list of layers, the map of the chosen one, and the addresses to copy. Texts are only ever set as text.
"use strict";

const base = new URL(".", location.href).href.replace(/\/$/, "");
const find = (id) => document.getElementById(id);

function node(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// What to copy: a heading, and the text for a layer.
const ADDRESSES = [
  ["QGIS: WMS/WMTS connection", () => `${base}/wms`],
  ["QGIS: XYZ connection", (layer) => `${base}/tiles/${layer.id}/{z}/{x}/{y}.png`],
  ["QGIS and GDAL: the file itself", (layer) => (layer.file ? `/vsicurl/${base}/cogs/${layer.id}/data` : null)],
  ["GDAL: WMS", (layer) => `gdal_translate "WMS:${base}/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=${layer.id}&SRS=EPSG:4326&BBOX=${layer.bbox.join(",")}" out.tif -outsize 1024 0`],
  ["Leaflet", (layer) => `L.tileLayer("${base}/tiles/${layer.id}/{z}/{x}/{y}.png").addTo(map)`],
  ["OpenLayers", (layer) => `new ol.source.XYZ({ url: "${base}/tiles/${layer.id}/{z}/{x}/{y}.png" })`],
  ["curl: a picture", (layer) => `curl -o picture.png "${base}/cog/preview.png?url=${layer.id}"`],
  ["curl: values at a place", (layer) => `curl "${base}/cogs/${layer.id}/point?lon=${middle(layer, 0)}&lat=${middle(layer, 1)}"`],
  ["TileJSON", (layer) => `${base}/tiles/${layer.id}/tilejson.json`],
  ["WMTS", () => `${base}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities`],
  ["STAC collection", () => `${base}/stac`],
  ["Targets as GeoJSON", () => `${base}/targets`],
];

const middle = (layer, axis) => ((layer.home[axis] + layer.home[axis + 2]) / 2).toFixed(5);

function address(heading, text) {
  const copied = node("button", { type: "button", textContent: "Copy" });
  const shown = node("pre", { textContent: text });
  copied.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the permission: select it, so that Ctrl+C copies it.
      getSelection().selectAllChildren(shown);
    }
    copied.textContent = "Copied";
    setTimeout(() => { copied.textContent = "Copy"; }, 1500);
  };
  return [node("dt", { textContent: heading }), node("dd", {}, shown, copied)];
}

async function answer(path) {
  const response = await fetch(`${base}/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const map = new TileMap(find("map"), (lon, lat) => {
  find("position").textContent = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
});

async function choose(layer) {
  for (const button of document.querySelectorAll("#layers button")) {
    if (button.dataset.id === layer.id) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  find("title").textContent = layer.name;
  find("facts").textContent = layer.facts;
  find("list").replaceChildren(...ADDRESSES.flatMap(([heading, text]) => {
    const found = text(layer);
    return found ? address(heading, found) : [];
  }));
  map.show(await answer(`tiles/${layer.id}/tilejson.json`), layer.home);
}

async function begin() {
  const layers = await answer("layers.json");
  find("summary").textContent = `${layers.length} ${layers.length === 1 ? "layer" : "layers"}, served to this workstation only.`;
  find("nothing").hidden = layers.length > 0;
  const entries = layers.map((layer) => {
    const button = node("button", { type: "button", onclick: () => choose(layer) }, layer.name, node("small", { textContent: layer.facts }));
    button.dataset.id = layer.id;
    return [layer, node("li", {}, button)];
  });
  find("layers").replaceChildren(...entries.map(([, item]) => item));
  find("search").oninput = (event) => {
    const words = event.target.value.toLowerCase();
    for (const [layer, item] of entries) item.hidden = !layer.name.toLowerCase().includes(words);
  };
  if (layers.length > 0) await choose(layers[0]);
}

begin().catch((error) => {
  find("summary").textContent = `This page could not be filled: ${error.message}`;
});

#!/usr/bin/env python3
"""Writes the licences of all that goes into cogscope.exe as one text: wix/licences.py OUT.txt
or the list of crates that the page About shows:                       wix/licences.py --list assets/crates.tsv

What is told: every crate that the program for Windows links (cargo's own answer, without what only builds or tests it), the C
sources that such crates bring, Rust's standard library, the runtime of the C compiler, and the fonts and data in `assets`.
The texts are those that the crates carry. A crate that carries none gets the text of its licence that this project carries, with
its authors' names; where there is no such text the script fails, and so nothing is left out silently.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent
TARGET = "x86_64-pc-windows-gnu"
# The other system that the program runs on; its crates are in the list for the page About only.
LINUX = "x86_64-unknown-linux-gnu"
LICENCE_FILE = re.compile(r"^(.*[-_.])?(licen[cs]e|copying|notice|unlicense|copyright|patents)s?([-_. ].*)?$", re.IGNORECASE)
NOT_TEXT = {".rs", ".py", ".h", ".c", ".html", ".json", ".toml", ".png", ".svg", ".sh", ".yml"}
# Folders of crates that are no part of the program.
ELSEWHERE = {"tests", "test", "benches", "examples", "fuzz", "target", ".github"}
# Crates that carry no text, under a licence that this project has no text of: a crate of the same authors that carries it.
SIBLINGS = {"alloc-stdlib": "alloc-no-stdlib", "clipboard-win": "error-code"}
# The licences that this project has the text of.
OWN_TEXTS = {"MIT": "LICENSE-MIT", "Apache-2.0": "LICENSE-APACHE"}
OWN_HOLDERS = "The cogscope developers"
RULE = "=" * 100


def packages(target=TARGET):
    """Every package that is linked into the program, by name and version."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    answer = json.loads(subprocess.run(command, cwd=SOURCES, check=True, capture_output=True).stdout)
    nodes = {node["id"]: node for node in answer["resolve"]["nodes"]}
    seen, waiting = set(), [answer["resolve"]["root"]]
    while waiting:
        package = waiting.pop()
        if package in seen:
            continue
        seen.add(package)
        for dependency in nodes[package]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    seen.discard(answer["resolve"]["root"])
    found = [package for package in answer["packages"] if package["id"] in seen]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def texts(folder):
    """The licence files below a folder."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name.lower() not in ELSEWHERE)
        for name in sorted(names):
            path = Path(root) / name
            inside_licences = path.parent.name.lower() in ("license", "licenses", "licences")
            if (LICENCE_FILE.match(name) or inside_licences) and path.suffix.lower() not in NOT_TEXT:
                text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
                if text:
                    yield text


def own_text(licence, holders):
    """The text of a licence as this project carries it, with other holders."""
    text = (SOURCES / OWN_TEXTS[licence]).read_text(encoding="utf-8").strip()
    return re.sub(r"Copyright \(c\) \d+ " + OWN_HOLDERS, f"Copyright (c) {holders}", text)


def carried_texts(package):
    return list(dict.fromkeys(texts(Path(package["manifest_path"]).parent)))


def texts_of(package, by_name):
    """The licence texts of a package: its own, else those of a sibling, else the standard text."""
    name = package["name"]
    found = carried_texts(package) or (carried_texts(by_name[SIBLINGS[name]]) if name in SIBLINGS else [])
    if found:
        return found
    holders = ", ".join(author.split(" <")[0] for author in package["authors"]) or f"the authors of {name}"
    for licence in OWN_TEXTS:
        if licence in re.split(r"[\s()/]+", package["license"] or ""):
            return [own_text(licence, holders)]
    sys.exit(f"{name} {package['version']}: carries no licence file, and there is no standard text of {package['license']!r}")


def others():
    """What no crate tells: (name, licence, texts)."""
    rust = subprocess.run([os.environ.get("RUSTC", "rustc"), "--version"], check=True, capture_output=True, text=True)
    standard = [own_text(licence, "The Rust Project contributors") for licence in OWN_TEXTS]
    yield f"Rust standard library ({rust.stdout.strip()})", "MIT OR Apache-2.0", standard
    # Linked in by the build with mingw only; a build with Microsoft's compiler has nothing of them.
    for name, licence, package in [
        ("libgcc of GCC", "GPL-3.0 WITH GCC-exception-3.1", "gcc-mingw-w64-base"),
        ("mingw-w64 runtime", "ZPL-2.1 and others", "mingw-w64-common"),
    ]:
        path = Path("/usr/share/doc") / package / "copyright"
        if path.exists():
            yield name, licence, [path.read_text(encoding="utf-8").strip()]
    yield "Inter (typeface)", "OFL-1.1", [(SOURCES / "assets/fonts/OFL.txt").read_text(encoding="utf-8").strip()]
    yield "Material Symbols (icons, within egui_material_icons)", "Apache-2.0", [own_text("Apache-2.0", "Google LLC")]
    yield "Natural Earth (base map)", "public domain", ["Made with Natural Earth, naturalearthdata.com. Public domain."]
    yield "SQLite (within libsqlite3-sys)", "public domain", ["The author disclaims copyright to this source code (sqlite.org)."]
    yield "Landsat scenes (sample_data)", "public domain", ["Landsat imagery courtesy of the U.S. Geological Survey. Public domain."]


def write_list(path):
    """Every package of Cargo.lock, a line each: name, version, licence; no licence where it only builds or tests the program."""
    key = lambda package: (package["name"], package["version"])
    licences = {key(package): package["license"] for target in (TARGET, LINUX) for package in packages(target)}
    locked = tomllib.loads((SOURCES / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    lines = []
    for package in sorted((key(package) for package in locked if "source" in package)):
        # Some of old still write a slash.
        licence = (licences[package] or "see its text").replace("/", " OR ") if package in licences else ""
        lines.append("\t".join([*package, " ".join(licence.split())]))
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(lines)} crates, {len(licences)} of them in the program")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--list":
        return write_list(sys.argv[2])
    if len(sys.argv) != 2:
        sys.exit("licences.py OUT.txt | --list assets/crates.tsv")
    # A text that differs in its line breaks only is the same.
    holders = {}
    listing = []
    linked = packages()
    by_name = {package["name"]: package for package in linked}
    for package in linked:
        name = f"{package['name']} {package['version']}"
        listing.append((name, package["license"] or "see its text", package["repository"] or ""))
        for text in texts_of(package, by_name):
            holders.setdefault(" ".join(text.split()), (text, []))[1].append(name)
    for name, licence, found in others():
        listing.append((name, licence, ""))
        for text in dict.fromkeys(found):
            holders.setdefault(" ".join(text.split()), (text, []))[1].append(name)
    lines = ["cogscope is made with the works below. First the list of them, then the texts of their licences.", "", RULE, ""]
    lines += [f"{name}: {licence}" + (f"  {place}" if place else "") for name, licence, place in listing]
    for text, names in holders.values():
        lines += ["", RULE, "For " + ", ".join(dict.fromkeys(names)) + ":", "", text]
    # Windows' own viewers of old need its line ends.
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\r\n")
    print(f"{len(listing)} works, {len(holders)} texts")


if __name__ == "__main__":
    main()

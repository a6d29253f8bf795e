"""Make the window's fonts from Inter: tabular figures as the default digits, and only the scripts that are needed.

Usage: make_tabular.py FOLDER_WITH_INTER_OTF [OUTPUT_FOLDER]
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

KEPT = [
    (0x20, 0x250), (0x2B0, 0x530), (0x1E00, 0x20D0), (0x2100, 0x2400), (0x25A0, 0x2600), (0x2713, 0x2718),
]


def tabular_glyphs(font: TTFont) -> dict[str, str]:
    """Proportional glyph name -> tabular glyph name, from the feature `tnum`."""
    table = font["GSUB"].table
    mapping: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for entry in table.LookupList.Lookup[index].SubTable:
                mapping.update(getattr(getattr(entry, "ExtSubTable", entry), "mapping", {}))
    return mapping


def make(source: Path, target: Path) -> None:
    font = TTFont(source)
    tabular = tabular_glyphs(font)
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if table.cmap.get(code) in tabular:
                table.cmap[code] = tabular[table.cmap[code]]
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 16):
            record.string = record.toUnicode().replace("Inter", "Inter Tabular")
        elif record.nameID == 6:
            record.string = record.toUnicode().replace("Inter", "InterTabular")
    options = subset.Options(layout_features=["kern", "mark", "mkmk", "ccmp"], name_IDs=["*"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for low, high in KEPT for code in range(low, high)])
    subsetter.subset(font)
    font.save(target)


if __name__ == "__main__":
    here = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    for weight in ("Regular", "SemiBold"):
        make(Path(sys.argv[1]) / f"Inter-{weight}.otf", here / f"InterTabular-{weight}.otf")

#!/usr/bin/env bash
# wix/test.sh [FOLDER]   tries what wix/build.sh has made under Wine, in a prefix and on a screen of its own. FOLDER keeps pictures
# and logs (else target/windows/test). COGSCOPE_LINUX may name a program for Linux of the same source to compare with; else it is
# built. Each check says ok or FAILED; the exit status is that of the whole. wix/README.md says what Wine cannot show.
set -euo pipefail
cd "$(dirname "$0")/.."

./run install wine wine64 gcc-mingw-w64-x86-64 wixl msitools python3 curl imagemagick xdotool xvfb xauth mesa-vulkan-drivers \
    libgl1-mesa-dri postgresql-15 postgresql-15-postgis-3 openssl
out=${CARGO_TARGET_DIR:-$PWD/target}/windows
keep=$(mkdir -p "${1:-$out/test}" && realpath "${1:-$out/test}")
version=$(sed -n 's/^version = "\([0-9.]*\)"$/\1/p' Cargo.toml | head -1)
user_msi=$out/cogscope-$version-x64-user.msi
machine_msi=$out/cogscope-$version-x64-machine.msi
[ -f "$user_msi" ] || { echo "run wix/build.sh first" >&2; exit 1; }
linux=${COGSCOPE_LINUX:-$PWD/target/release/cogscope}
[ -n "${COGSCOPE_LINUX:-}" ] || env -u CARGO_TARGET_DIR cargo build --release --locked

work=$(mktemp -d)
chmod 755 "$work"
ended() {
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    [ ! -d "$work/postgres" ] || tests/postgres_cluster.sh stop "$work/postgres" || true
    wineserver -k 2>/dev/null || true
    rm -rf "$work"
}
children=()
trap ended EXIT

failures=0
ok() { printf 'ok      %s\n' "$*"; }
failed() { printf 'FAILED  %s\n' "$*"; failures=$((failures + 1)); }
# check NAME COMMAND…
check() { local name=$1; shift; if "$@"; then ok "$name"; else failed "$name"; fi; }
same() { [ "$1" = "$2" ] || { printf '        got      %s\n        expected %s\n' "$1" "$2"; return 1; }; }
section() { printf '\n== %s\n' "$*"; }

# ---------------------------------------------------------------------------------------------------------------------------
section "A fresh Windows"
exec 5>"$work/display"
Xvfb -displayfd 5 -screen 0 1400x900x24 -nolisten tcp >/dev/null 2>&1 &
children+=($!)
until [ -s "$work/display" ]; do sleep 0.2; done
export DISPLAY=:$(cat "$work/display")
export WINEPREFIX=$work/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d;bcryptprimitives=n'
export LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY WGPU_BACKEND
settle() { wineserver -w; }
wine wineboot --init >/dev/null 2>&1
settle
drive=$WINEPREFIX/drive_c

# Wine 8 lacks a DLL that every Windows has; its one function, forwarded to what Wine has.
cat >"$work/shim.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG size);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T size) { return SystemFunction036(buffer, (ULONG)size); }
C
x86_64-w64-mingw32-gcc -shared -o "$drive/windows/system32/bcryptprimitives.dll" "$work/shim.c" -ladvapi32

profile=$(find "$drive/users" -maxdepth 1 -mindepth 1 ! -name Public | head -1)
installed=$profile/AppData/Local/Programs/cogscope
exe=$installed/cogscope.exe
com=$installed/cogscope.com

tree() { (cd "$drive" && find . | grep -vE '^\./windows/temp/|/AppData/Local/Temp/|/Installer$' | sort); }
# A line for each key and each value. Left out is what Wine itself writes anew at each start (fonts, screens, drivers) and the
# empty keys that its installer keeps for programs to come.
registry() {
    awk '/^\[/ { key = $0; sub(/ [0-9]+$/, "", key); print key; next } /^(#|;|WINE|$)/ { next } { print key " " $0 }' \
        "$WINEPREFIX"/{user,system}.reg | grep -vE '\\(External )?Fonts|DriverDate|ffff1003|4d36e9|4D36E9|NetworkCards|\\Wine\\|\\Enum\\|\\Video\\' |
        grep -vE '^\[Software\\\\(Classes|Microsoft)\\\\(Windows\\\\CurrentVersion\\\\)?Installer[^]]*\]$' | sort
}
snapshot() { settle; tree >"$work/$1.tree"; registry >"$work/$1.registry"; }
# Lines of the second snapshot that the first has not, and the other way round.
changed() {
    diff "$work/$1.tree" "$work/$2.tree" | grep '^[<>]' || true
    diff "$work/$1.registry" "$work/$2.registry" | grep '^[<>]' || true
}
msiexec() {
    local status=0
    timeout 300 wine msiexec "$1" "$(winepath -w "$2" 2>/dev/null)" "${@:3}" >/dev/null 2>&1 || status=$?
    settle
    return $status
}
# Program entries with this name in the list of installed programs.
entries() { settle; registry | grep -c 'Uninstall.*"DisplayName"="cogscope"' || true; }
installed_version() { settle; registry | grep 'Uninstall.*"DisplayVersion"' | sed 's/.*="\(.*\)"/\1/'; }

# ---------------------------------------------------------------------------------------------------------------------------
section "Installing and uninstalling"
snapshot before
check "the MSI for one user installs silently" msiexec /i "$user_msi" /qn
snapshot installed
check "every file is there" diff <(cd "$out/stage" && find . -type f | sort) <(cd "$installed" && find . -type f | sort)
check "it stands once in the list of programs" same "$(entries)" 1
shortcuts=$profile/AppData/Roaming/Microsoft/Windows/Start\ Menu/Programs/cogscope
check "the start menu has the program and the command line" same "$(ls "$shortcuts" 2>/dev/null | tr '\n' ' ')" "cogscope command line.lnk cogscope.lnk "
check "it is offered for .tif and .tiff" same "$(grep -c 'OpenWithProgids\] "cogscope.Image.1"=""' "$work/installed.registry")" 2
default_of() { grep -F "[Software\\\\Classes\\\\.$2] @=" "$work/$1.registry" || true; }
check "the default for .tif stays" same "$(default_of installed tif)" "$(default_of before tif)"
check "the default for .tiff stays" same "$(default_of installed tiff)" "$(default_of before tiff)"
check "it uninstalls silently" msiexec /x "$user_msi" /qn
snapshot uninstalled
changed before uninstalled >"$keep/left_by_uninstaller.txt"
check "nothing is left of it" same "$(cat "$keep/left_by_uninstaller.txt")" ""
check "the MSI for all users installs silently" msiexec /i "$machine_msi" /qn
check "its program runs" same "$(wine 2>/dev/null "$drive/Program Files/cogscope/cogscope.com" --version 2>/dev/null | tr -d '\r')" "cogscope $version"
check "it uninstalls silently" msiexec /x "$machine_msi" /qn
snapshot uninstalled_machine
changed before uninstalled_machine >"$keep/left_by_uninstaller_machine.txt"
check "nothing is left of it" same "$(cat "$keep/left_by_uninstaller_machine.txt")" ""

# ---------------------------------------------------------------------------------------------------------------------------
section "The command line"
msiexec /i "$user_msi" /qn
samples=$installed/sample_data
sample=$samples/olinda/LE07_olinda_6band.tif
linux_sample=$PWD/sample_data/olinda/LE07_olinda_6band.tif
run() { timeout 120 wine "$@" 2>"$work/stderr"; }
check "--version" same "$(run "$com" --version)" "cogscope $version"
check "--version of the program with a window, through a pipe" same "$(run "$exe" --version)" "cogscope $version"

cat >"$work/console.bat" <<BAT
@echo off
cd /d "$(winepath -w "$installed" 2>/dev/null)"
cogscope --version
cogscope info nothing.tif 2>nul
echo missing file: %ERRORLEVEL%
cogscope --nonsense 2>nul
echo wrong usage: %ERRORLEVEL%
cogscope nothing.tif 2>told.txt
echo missing file for the window: %ERRORLEVEL%
type told.txt
del told.txt
cogscope point sample_data\\olinda\\LE07_olinda_6band.tif --pixel 3,5 --json > %TEMP%\\point.json
echo through a file: %ERRORLEVEL%
del %TEMP%\\point.json
BAT
console=$(run cmd /c "$(winepath -w "$work/console.bat" 2>/dev/null)" | tr -d '\r')
check "a command prompt finds it and gets output and exit status" same "$console" "cogscope $version
missing file: 1
wrong usage: 2
missing file for the window: 1
cogscope: nothing.tif: there is no such file, folder or subcommand; see cogscope --help
through a file: 0"

# What an answer says of the file itself, without where it lies.
without_path() { grep -v '"path"'; }
# The mathematics of the two systems' C libraries differ in the last digit of a position: 1e-14 degrees.
rounded() { without_path | sed -E 's/(\.[0-9]{9})[0-9]+/\1/g'; }
long_folder=$work/$(printf 'Снимки спутника %.0s' 1 2 3 4)/$(printf 'очень длинное имя папки %.0s' 1 2 3 4)/images
mkdir -p "$long_folder"
cp "$linux_sample" "$long_folder/снимок Олинды 日本.tif"
strange=$long_folder/снимок\ Олинды\ 日本.tif
long_name=$(printf 'a%.0s' $(seq 200))
mkdir -p "$work/$long_name/$long_name"
cp "$linux_sample" "$work/$long_name/$long_name/image.tif"
long=$work/$long_name/$long_name/image.tif

for file in "$sample" "$strange" "$long"; do
    name="of a path of ${#file} characters"
    check "info $name" same "$(run "$com" info --json --checksum "$file" | without_path)" "$("$linux" info --json --checksum "$file" | without_path)"
    check "point $name" same "$(run "$com" point "$file" -34.88 -8.03 --json | rounded)" "$("$linux" point "$file" -34.88 -8.03 --json | rounded)"
done
tile=$("$linux" info --json "$linux_sample" | python3 -c '
import json, math, sys
west, south, east, north = json.load(sys.stdin)["bounds_lon_lat"]
x, y = (west + east) / 2, math.radians((south + north) / 2)
print(f"11/{int((x + 180) / 360 * 2048)}/{int((1 - math.asinh(math.tan(y)) / math.pi) / 2 * 2048)}")')
for kind in png npy; do
    run "$com" tile "$sample" "$tile" -o "$work/windows.$kind" || true
    "$linux" tile "$linux_sample" "$tile" -o "$work/linux.$kind"
    check "tile $tile as $kind, byte for byte" cmp "$work/windows.$kind" "$work/linux.$kind"
done
check "the tile is no blank one" [ "$(identify -format '%k' "$work/windows.png")" -gt 100 ]
run "$com" stats "$sample" --json | without_path >"$work/windows.stats" || true
"$linux" stats "$linux_sample" --json | without_path >"$work/linux.stats"
check "stats" cmp "$work/windows.stats" "$work/linux.stats"
for compression in deflate zstd webp; do
    run "$com" convert "$sample" "$work/windows.tif" --compress $compression --bands 3,2,1 --overwrite || true
    check "convert to $compression gives a valid COG" same "$("$linux" info --json "$work/windows.tif" | python3 -c 'import json, sys; print(json.load(sys.stdin)["cog"]["valid"])')" True
    "$linux" convert "$linux_sample" "$work/linux.tif" --compress $compression --bands 3,2,1 --overwrite
    check "and the same pixels" same "$("$linux" info --json --checksum "$work/windows.tif" | grep sha256)" "$("$linux" info --json --checksum "$work/linux.tif" | grep sha256)"
done

# ---------------------------------------------------------------------------------------------------------------------------
section "The loopback endpoint, asked from outside Wine"
url_of() { for _ in $(seq 100); do head -1 "$1" | tr -d '\r' | grep . && return; sleep 0.2; done; return 1; }
map_query='service=WMS&version=1.3.0&request=GetMap&crs=EPSG:3857&bbox=-3890000,-900000,-3870000,-880000&width=400&height=400&format=image/png&styles='
wine "$com" serve "$samples" >"$work/windows.url" 2>"$keep/serve.log" &
served=$!
"$linux" serve sample_data >"$work/linux.url" 2>/dev/null &
children+=($!)
if windows_url=$(url_of "$work/windows.url") && linux_url=$(url_of "$work/linux.url"); then
    ok "it says where it listens: $windows_url"
    for system in windows linux; do
        address=$([ $system = windows ] && echo "$windows_url" || echo "$linux_url")
        wms=${address%/}/wms
        curl -s "$wms?service=WMS&request=GetCapabilities" >"$work/$system.capabilities" || true
        # Ids are opaque; the list says which is whose.
        layer=$(curl -s "${address%/}/cogs" | python3 -c '
import json, sys
print(next(item["id"] for item in json.load(sys.stdin) if "olinda" in item["name"].lower()))' || true)
        curl -s "$wms?$map_query&layers=$layer" -o "$work/$system.map.png" || true
    done
    check "its capabilities name the image" grep -qi olinda "$work/windows.capabilities"
    cp "$work/windows.map.png" "$keep/serve.png"
    check "its GetMap is a picture, and no blank one" [ "$(identify -format '%k' "$work/windows.map.png" 2>/dev/null || echo 0)" -gt 100 ]
    check "and the same as on Linux, byte for byte" cmp "$work/windows.map.png" "$work/linux.map.png"
else
    failed "serve says where it listens"
fi
kill $served 2>/dev/null || true
wine taskkill /f /im cogscope.com >/dev/null 2>&1 || true

# ---------------------------------------------------------------------------------------------------------------------------
section "A real PostgreSQL on 127.0.0.1"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir -p "$work/postgres"
tests/postgres_cluster.sh start "$work/postgres" "$port" >/dev/null 2>&1
database="postgresql://postgres:secret@127.0.0.1:$port/postgres?sslmode=require"
check "db init" run "$com" db init --db "$database"
check "import" run "$com" import "$samples/targets.csv" --db "$database"
question='SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('"'pg_catalog', 'information_schema'"') ORDER BY 1, 2'
check "query" same "$(run "$com" query "$question" --db "$database" --format csv)" "$("$linux" query "$question" --db "$database" --format csv)"
check "a query that fails says why" same "$(run "$com" query "SELECT nothing" --db "$database" || echo "status $?")" "status 1"
for system in windows linux; do
    program=("$linux"); images=sample_data
    [ $system = linux ] || { program=(wine "$com"); images=$samples; }
    "${program[@]}" report class -o "$work/$system.html" --db "$database" --images "$images" >/dev/null 2>"$work/$system.report" || true
done
cp "$work/windows.html" "$keep/report.html" 2>/dev/null || true
check "report" [ "$(stat -c %s "$work/windows.html" 2>/dev/null || echo 0)" -gt 10000 ]
cat "$work/windows.report"
# Where the images lie and when the report was made differ.
plain_report() { sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z| ?UTC)?//g; s#>[^<>]*sample_data[\\/]#>sample_data/#g; s#([a-z]+)\\#\1/#g' "$1"; }
for system in windows linux; do plain_report "$work/$system.html" >"$keep/report_$system.txt"; done
same_report() { diff "$keep/report_linux.txt" "$keep/report_windows.txt" >"$keep/report_differences.txt"; }
check "the same report as on Linux" same_report

# ---------------------------------------------------------------------------------------------------------------------------
section "The window"
size=1280x800
# Waits until a window of ours shows the same picture twice, two seconds apart, and keeps that picture.
picture_of_screen() {
    local name=$1 last= now=
    for _ in $(seq 60); do
        sleep 2
        xdotool search --name '^cogscope|cogscope$' >/dev/null 2>&1 || continue
        import -window root "$work/screen.png" 2>/dev/null || continue
        now=$(identify -format '%#' "$work/screen.png")
        if [ "$now" = "$last" ] && [ "$(identify -format '%k' "$work/screen.png")" -gt 1000 ]; then
            cp "$work/screen.png" "$keep/$name.png"
            return 0
        fi
        last=$now
    done
    cp "$work/screen.png" "$keep/$name.png" 2>/dev/null || true
    return 1
}
close_windows() { wine taskkill /f /im cogscope.exe >/dev/null 2>&1 || true; wineserver -k || true; sleep 1; }
# on_screen NAME PROGRAM ARGUMENT…: the window is there, and not blank.
on_screen() {
    local name=$1; shift
    "$@" >"$keep/$name.log" 2>&1 &
    local child=$!
    check "$name: the window is there and not blank" picture_of_screen "$name"
    kill $child 2>/dev/null || true
    close_windows
}
window_arguments=(--size $size --theme dark --log debug)
for renderer in glow wgpu; do
    [ $renderer = glow ] || export WGPU_BACKEND=vulkan
    on_screen "windows_$renderer" wine "$exe" "${window_arguments[@]}" --settings-dir "$work/settings_windows_$renderer" --renderer $renderer "$samples"
    on_screen "linux_$renderer" "$linux" "${window_arguments[@]}" --settings-dir "$work/settings_linux_$renderer" --renderer $renderer "$PWD/sample_data"
    unset WGPU_BACKEND
    # The two systems place a window elsewhere on the screen.
    for system in windows linux; do mogrify -trim +repage "$keep/${system}_$renderer.png"; done
    difference=$(compare -metric AE -fuzz 3% "$keep/windows_$renderer.png" "$keep/linux_$renderer.png" "$keep/difference_$renderer.png" 2>&1 || true)
    echo "        $difference of 1120000 pixels differ from the window on Linux"
    check "$renderer: the window looks as on Linux" [ "${difference%%.*}" -lt 11200 ]
    grep -hoE '(first_frame|view_complete).*|ms=[0-9]+.*' "$keep/windows_$renderer.log" | sed 's/^/        Wine:  /' || true
    grep -hoE '(first_frame|view_complete).*|ms=[0-9]+.*' "$keep/linux_$renderer.log" | sed 's/^/        Linux: /' || true
done
on_screen "windows_strange_path" wine "$exe" "${window_arguments[@]}" --settings-dir "$work/settings_strange" --renderer glow "$strange"
on_screen "windows_long_path" wine "$exe" "${window_arguments[@]}" --settings-dir "$work/settings_long" --renderer glow "$long"
# Nothing said about graphics: Direct3D fails under Wine, and there must be a window all the same.
on_screen "windows_no_renderer" wine "$exe" --size $size --theme dark --log info "$samples"
cat "$keep/windows_no_renderer.log" | sed 's/^/        /' | head -20

# ---------------------------------------------------------------------------------------------------------------------------
section "Upgrade, downgrade"
settings=$(find "$profile/AppData/Roaming" -path '*cogscope*' -name settings.json | head -1)
check "the window kept settings in the profile" [ -n "$settings" ]
before=$(sha256sum "${settings:-/dev/null}")
next=${version%.*}.$((${version##*.} + 1))
cp -r "$out/stage" "$work/stage" && cp "$out/cogscope.ico" "$work/"
wix/msi.sh user "$next" "$work" next.msi
check "the upgrade installs" msiexec /i "$work/next.msi" /qn
check "one program is installed" same "$(entries)" 1
check "the new one" same "$(installed_version)" "$next"
check "settings are kept" same "$(sha256sum "${settings:-/dev/null}")" "$before"
if msiexec /i "$user_msi" /qn; then failed "the downgrade is refused"; else ok "the downgrade is refused"; fi
check "the new one is still there" same "$(installed_version)" "$next"
wix/msi.sh user "$next" "$work" again.msi
check "another build of the same version installs" same "$(msiexec /i "$work/again.msi" /qn && entries)" 1
check "it uninstalls" msiexec /x "$work/again.msi" /qn
snapshot end
changed before end >"$keep/left_at_the_end.txt"
own_data='AppData/(Roaming|Local)/cogscope|^[<>] (\.)?/users/[^/]+/AppData/(Roaming|Local)$'
check "only the user's own data is left" same "$(grep -vE "$own_data" "$keep/left_at_the_end.txt" || true)" ""
check "and that is left" [ -f "${settings:-/nothing}" ]

printf '\n%s\n' "Pictures and logs: $keep"
[ "$failures" -eq 0 ] && echo "All checks passed." || { echo "$failures checks failed."; exit 1; }

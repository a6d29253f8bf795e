#!/usr/bin/env bash
# wix/build.sh   builds on Debian 12 what Windows installs, from a clean clone: two MSIs, a zip and their checksums, in target/windows.
# CARGO_TARGET_DIR may name another folder than target. wix/README.md says why each step is as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

./run install gcc libc6-dev gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 rustc-web rust-web-src wixl msitools python3 zip
PATH="$HOME/.cargo/bin:$PATH"
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/windows
stage=$out/stage
triple=x86_64-pc-windows-gnu
version=$(sed -n 's/^version = "\([0-9]*\.[0-9]*\.[0-9]*\)"$/\1/p' Cargo.toml | head -1)
[ -n "$version" ] || { echo "Cargo.toml: no version of three numbers" >&2; exit 1; }

# The page About says from which commit the program was built.
COGSCOPE_COMMIT=$(git rev-parse --short=12 HEAD 2>/dev/null || true)
export COGSCOPE_COMMIT

# Debian's newer compiler, with the library for Windows compiled from its source; the feature that cargo needs for it has no
# stable form yet.
build() {
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$target \
        cargo build --release --locked -Zbuild-std=std,panic_unwind,panic_abort --target $triple --bin cogscope "$@"
}

echo "== Building cogscope $version for Windows"
rm -rf "$stage"
mkdir -p "$stage"
build
cp "$target/$triple/release/cogscope.exe" "$stage/cogscope.exe"
build --no-default-features
cp "$target/$triple/release/cogscope.exe" "$stage/cogscope.com"

echo "== Checking what the programs need of Windows"
# What is part of every Windows 10 and 11. A DLL of the compiler's own must not be among them.
system_dlls='advapi32|api-ms-win-[a-z0-9-]+|avrt|bcrypt|bcryptprimitives|combase|comctl32|comdlg32|crypt32|d3d1[12]|d3dcompiler_47|dcomp|dwmapi|dxgi|dwrite|gdi32|imm32|kernel32|msvcrt|ncrypt|ntdll|ole32|oleaut32|opengl32|ktmw32|powrprof|propsys|rpcrt4|secur32|setupapi|shcore|shell32|shlwapi|uiautomationcore|user32|userenv|usp10|uxtheme|version|winmm|ws2_32'
for program in "$stage"/cogscope.{exe,com}; do
    strange=$(x86_64-w64-mingw32-objdump -p "$program" | sed -n 's/^\tDLL Name: //p' | grep -viE "^($system_dlls)\.(dll|drv)$" || true)
    [ -z "$strange" ] || { echo "$program needs what Windows does not have: $strange" >&2; exit 1; }
    size=$(stat -c %s "$program")
    echo "$(basename "$program"): $((size / 1000000)) MB"
    [ "$size" -lt 60000000 ] || { echo "$program is larger than 60 MB" >&2; exit 1; }
done

echo "== Laying out what is installed"
cp -r sample_data README.md CHANGELOG.md "$stage/"
cp -r assets/reports "$stage/reports"
cp assets/cogscope.ico "$out/cogscope.ico"
for licence in MIT APACHE; do sed 's/$/\r/' "LICENSE-$licence" >"$stage/LICENSE-$licence.txt"; done
RUSTC=/usr/bin/rustc python3 wix/licences.py "$stage/THIRD-PARTY.txt"

echo "== Packing"
rm -f "$out"/*.msi "$out"/*.zip
name=cogscope-$version-x64
for scope in user machine; do wix/msi.sh $scope "$version" "$out" "$name-$scope.msi"; done
ln -sfn stage "$out/$name"
(cd "$out" && zip -qr "$name-portable.zip" "$name/" && sha256sum ./*.msi ./*.zip >SHA256SUMS)
rm "$out/$name"
ls -l "$out"/*.msi "$out"/*.zip

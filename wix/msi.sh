#!/usr/bin/env bash
# wix/msi.sh user|machine VERSION FOLDER NAME.msi   makes FOLDER/NAME.msi of FOLDER/stage and FOLDER/cogscope.ico.
set -euo pipefail
scope=$1 version=$2 folder=$3 name=$4
source=$(realpath "$(dirname "$0")/main.wxs")
cd "$folder"

# wixl ends with success when it did not understand something: what it says is a failure.
complaints=$(wixl -a x64 -D "Version=$version" -D "NextVersion=${version%.*}.$((${version##*.} + 1))" -D "Scope=$scope" \
    -D Stage=stage -o "$name" "$source" 2>&1) || complaints="failed: $complaints"
[ -z "$complaints" ] || { rm -f "$name"; echo "wixl: $complaints" >&2; exit 1; }

# A file that main.wxs does not name would be missing on the user's machine.
staged=$(find stage -type f -printf '%f\n' | sort)
packed=$(msiinfo export "$name" File | tail -n +4 | cut -f3 | sed 's/.*|//; s/\r$//' | sort)
if [ "$staged" != "$packed" ]; then
    echo "wix/main.wxs and what is to be installed differ:" >&2
    diff <(echo "$packed") <(echo "$staged") >&2 || true
    rm -f "$name"
    exit 1
fi

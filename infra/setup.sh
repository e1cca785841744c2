#!/bin/sh
# Set up what a command needs: a private uv, a virtual environment of the newest suitable Python present, pinned packages.
# Usage: infra/setup.sh run|test     (never downloads an interpreter; needs no root)
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}

fail() { printf 'openhall setup: %s\n' "$1" >&2; exit 1; }

suitable() { # prints the interpreter's real path if it is Python 3.11 to 3.14
    "$1" -c 'import sys; v = sys.version_info[:2]; sys.exit(not ((3, 11) <= v <= (3, 14))); ' >/dev/null 2>&1 &&
        "$1" -c 'import sys; print(sys.executable)' 2>/dev/null
}

find_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        found=$(suitable "$name") && { echo "$found"; return 0; }
        for place in "$HOME"/.pyenv/versions/"${name#python}"*/bin/python3; do
            [ -x "$place" ] && found=$(suitable "$place") && { echo "$found"; return 0; }
        done
    done
    return 1
}

python=${OPENHALL_PYTHON:-$(find_python || true)}
[ -n "$python" ] || fail "no Python 3.11 to 3.14 was found. Install one: sudo apt-get install python3 python3-venv (macOS: brew install python)"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python has no venv module. Install it: sudo apt-get install python3-venv"
free=$(df -Pk . | awk 'NR==2 {print $4}')
[ "$free" -gt 1500000 ] || [ -x .venv/bin/openhall ] || fail "less than 1.5 GB is free here; free some space and try again"

# Browser tests need Chromium and CJK fonts; where apt and root are at hand they are fetched, else those tests are left out and
# counted. Meanwhile the packages are installed.
browser=
if [ "$kind" = test ] && ! command -v chromium >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk; } >/dev/null 2>&1 &
        browser=$!
    else
        echo "openhall setup: no Chromium here; the browser tests will be left out (sudo apt-get install chromium fonts-noto-cjk)" >&2
    fi
fi

if [ ! -x .tools/bin/uv ] || ! cmp -s requirements-tools.lock .tools/installed.lock; then
    rm -rf .tools
    "$python" -m venv .tools
    .tools/bin/python -m pip install --quiet --require-hashes -r requirements-tools.lock 2>/dev/null ||
        .tools/bin/python -m pip install --require-hashes -r requirements-tools.lock ||
        fail "the package index could not be reached or refused a file. Check the network or pip's settings and try again"
    cp requirements-tools.lock .tools/installed.lock
fi

export UV_PYTHON_DOWNLOADS=never
[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || { rm -rf .venv; .tools/bin/uv venv --quiet --python "$python" .venv; }

lock=requirements.lock
[ "$kind" = test ] || [ -f .venv/dev ] && lock=requirements-dev.lock
if ! cmp -s "$lock" .venv/installed.lock || [ ! -x .venv/bin/openhall ]; then
    .tools/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock" ||
        fail "installing the pinned packages failed; the line above says which one. Try again when the network is back"
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd > "$site/openhall.pth"
    cat > .venv/bin/openhall <<EOF
#!$(pwd)/.venv/bin/python
import sys

from web.cli import main

sys.exit(main())
EOF
    chmod +x .venv/bin/openhall
    # Compile once what five processes would otherwise compile at the same time.
    .venv/bin/python -c 'import web.app, web.commands.run, web.commands.seal, web.commands.trustee, web.commands.worker, pgqueuer'
    [ "$kind" = test ] && : > .venv/dev
    cp "$lock" .venv/installed.lock
fi
[ "$kind" = test ] || exit 0
[ -z "$browser" ] || wait "$browser" ||
    echo "openhall setup: Chromium could not be installed; the browser tests will be left out" >&2

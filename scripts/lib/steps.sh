# shellcheck shell=bash
# What scripts/test runs, one function a step. Each can be run alone: `scripts/test --only NAME`.
# All cargo steps of one kind use the same profile and features, so that nothing is compiled twice.

# name, kind, what it does; in the order in which they run: the quick ones that fail most often come first.
STEPS="\
format               check  cargo fmt
web-types            check  the types of web/, by tsc over its JSDoc
web-unit             tests  web/: node --test
web-vendor           check  the vendored modules of web/ are the ones their packages hold
clippy               check  lints of every target, warnings are errors
rust                 tests  every Rust test; those that need MongoDB on CHINWAG_TEST_MONGODB_URI
testcontainers       tests  the MongoDB adapter once more, each test program with a container of its own
doc-tests            tests  the examples in the API documentation
examples             check  every example program runs to its end
docs                 check  cargo doc, warnings are errors
chaos                tests  kills, cuts, lost frames and restarts under load, on SQLite and on MongoDB
e2e-sqlite           tests  two people in a browser, on SQLite
e2e-mongodb          tests  the same on MongoDB"

step_names() { awk '{ print $1 }' <<<"$STEPS"; }
step_kind() { awk -v name="$1" '$1 == name { print $2 }' <<<"$STEPS"; }

TARGET_DIR="${CARGO_TARGET_DIR:-$REPO_DIR/target}"

step_format() { cargo fmt --all -- --check; }

step_clippy() { limited 1800 cargo clippy --locked --workspace --all-targets --all-features --keep-going -- -D warnings; }

step_rust() {
    if cargo nextest --version >/dev/null 2>&1; then
        limited 2700 cargo nextest run --locked --workspace --no-fail-fast
    else
        limited 2700 cargo test --locked --workspace --lib --bins --tests --examples --no-fail-fast
    fi
}

# Runs the test programs that step_rust has built, without the URI, so that they start containers. They are run directly
# because asking cargo for one package alone would compile its dependencies again with fewer features.
step_testcontainers() {
    local program
    unset CHINWAG_TEST_MONGODB_URI
    cargo test --locked --workspace --no-run --quiet --message-format=json-render-diagnostics |
        python3 "$REPO_DIR/scripts/lib/cargo_targets.py" tests infra-mongo >"$LOG_DIR/test-programs"
    while read -r program; do
        (cd crates/infra-mongo && CARGO_MANIFEST_DIR="$PWD" limited 900 "$program")
    done <"$LOG_DIR/test-programs"
}

step_doc_tests() { limited 1200 cargo test --locked --workspace --doc --no-fail-fast; }

step_examples() {
    local program
    cargo test --locked --workspace --no-run --quiet --message-format=json-render-diagnostics |
        python3 "$REPO_DIR/scripts/lib/cargo_targets.py" examples >"$LOG_DIR/example-programs"
    [[ -s $LOG_DIR/example-programs ]] || {
        echo "error: found no example"
        return 1
    }
    while read -r program; do
        echo "--- $program"
        limited 60 "$program"
    done <"$LOG_DIR/example-programs"
}

step_docs() { RUSTDOCFLAGS="-D warnings" limited 1200 cargo doc --locked --workspace --no-deps --all-features; }

step_chaos() { limited 1800 "$REPO_DIR/scripts/chaos"; }

step_web_types() { cd web && limited 300 npm run check; }

step_web_unit() { cd web && limited 300 npm test; }

step_web_vendor() { cd web && limited 300 npm run vendor:check --if-present; }

step_e2e_sqlite() { end_to_end sqlite; }

# A database of its own, so that what another run left behind is not seen.
step_e2e_mongodb() {
    end_to_end "$(with_database "chinwag_e2e_$$" "$CHINWAG_TEST_MONGODB_URI")"
}

# end_to_end STORE: the browser tests against the binary that the Rust tests built.
end_to_end() {
    cargo build --locked --workspace --bins --tests 2>&1
    cd web || return
    CHINWAG_E2E_STORE="$1" CHINWAG_BIN="$TARGET_DIR/debug/chinwag" limited 1500 npm run e2e
}

# with_database NAME URI: the URI with NAME in the place of its database.
with_database() {
    sed -E "s#^(mongodb(\+srv)?://[^/?]+)(/[^?]*)?(\?.*)?\$#\1/$1\4#" <<<"$2"
}

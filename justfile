# Names for what is done often. Each is a thin name over cargo or a script; nothing happens only here.

# this list
default:
    @just --list

# a server with two demo accounts, at http://127.0.0.1:8000
run *ARGS:
    cargo run --release -- --demo {{ ARGS }}

# everything that continuous integration runs
test *ARGS:
    scripts/test {{ ARGS }}

# the lints, as continuous integration has them
check:
    cargo fmt --all -- --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# format every Rust file
fmt:
    cargo fmt --all

# the browser's pure modules: types and unit tests
web-test:
    scripts/test --only web-types,web-unit,web-vendor

# two people in a headless browser, on SQLite and on MongoDB
web-e2e:
    scripts/test --only e2e-sqlite,e2e-mongodb

# kills, cuts, lost frames and restarts under load
chaos *ARGS:
    scripts/chaos {{ ARGS }}

# the figures
bench *ARGS:
    scripts/bench {{ ARGS }}

# the documentation of the crates, in a browser
doc:
    cargo doc --workspace --no-deps --open

# print how to reach a MongoDB for tests, starting one if need be: eval "$(just mongodb)"
mongodb:
    @scripts/setup-mongodb

# stop what `just mongodb` started
mongodb-stop:
    scripts/setup-mongodb --stop

# the container image
docker-build *ARGS:
    docker build --file docker/Dockerfile --tag chinwag {{ ARGS }} .

# the server and a MongoDB in containers, at http://127.0.0.1:8000
docker-up:
    docker compose --file docker/compose.yaml up --detach --build

# stop them; the data stays
docker-down:
    docker compose --file docker/compose.yaml down

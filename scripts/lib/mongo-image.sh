# shellcheck shell=bash
# The image that testcontainers runs: the official one, or a local stand-in where no image can be pulled.

MONGO_IMAGE="${CHINWAG_TEST_MONGO_IMAGE:-mongo}"
MONGO_TAG="${CHINWAG_TEST_MONGO_TAG:-8.0}"
STAND_IN_IMAGE="chinwag/mongod-stand-in"
STAND_IN_TAG="$MONGOD_VERSION"

image_exists() { docker image inspect "$1" >/dev/null 2>&1; }

# find_mongo_image: true once MONGO_IMAGE:MONGO_TAG names an image that the engine has.
find_mongo_image() {
    local name="$MONGO_IMAGE:$MONGO_TAG"
    image_exists "$name" && return
    # Made by an earlier run because nothing could be pulled: don't try again each time, unless an image was asked for.
    if [[ -z ${CHINWAG_TEST_MONGO_IMAGE:-} ]] && image_exists "$STAND_IN_IMAGE:$STAND_IN_TAG"; then
        use_stand_in
        return
    fi
    say "pulling $name"
    docker pull --quiet "$name" >/dev/null 2>&1 || {
        say "$name can't be pulled here"
        return 1
    }
}

use_stand_in() {
    MONGO_IMAGE="$STAND_IN_IMAGE"
    MONGO_TAG="$STAND_IN_TAG"
}

# build_stand_in_image: mongod, the libraries it is linked with, and the two folders it writes to; nothing else.
build_stand_in_image() {
    local root library
    say "building the stand-in image $STAND_IN_IMAGE:$STAND_IN_TAG"
    root="$(mktemp -d)"
    mkdir -p "$root/usr/bin" "$root/data/db" "$root/tmp" "$root/etc"
    cp "$MONGOD_DIR/mongod" "$root/usr/bin/mongod"
    printf 'root:x:0:0::/:/none\n' >"$root/etc/passwd"
    # ldd prints "name => path (address)", and the loader as a bare path.
    ldd "$MONGOD_DIR/mongod" | grep -o '/[^ ]*' | sort -u | while read -r library; do
        mkdir -p "$root$(dirname "$library")"
        cp --dereference "$library" "$root$library"
    done
    [[ -n $(find "$root" -name 'ld-linux*') ]] || return 1
    tar --create --directory "$root" --owner 0 --group 0 . | docker import \
        --change 'ENTRYPOINT ["/usr/bin/mongod"]' --change 'EXPOSE 27017' --change 'ENV PATH=/usr/bin' \
        - "$STAND_IN_IMAGE:$STAND_IN_TAG" >/dev/null || return 1
    rm -rf "$root"
    use_stand_in
}

# container_can_run: the engine answers and has the image; true only after find_mongo_image or build_stand_in_image.
container_can_run() { have docker && image_exists "$MONGO_IMAGE:$MONGO_TAG"; }

# start_mongo_container DIR PORT: a replica set of one node in a container; DIR holds the container's name.
start_mongo_container() {
    local dir="$1" port="$2"
    docker run --detach --publish "127.0.0.1:$port:27017" "$MONGO_IMAGE:$MONGO_TAG" \
        --replSet rs0 --bind_ip_all >"$dir/container"
    # Seen from inside, its only member is itself; from outside it is reached by directConnection.
    initiate_set "127.0.0.1:$port" --member 127.0.0.1:27017
}

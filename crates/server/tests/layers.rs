//! The layers are crates, and this holds them apart: every edge and every outside dependency is in a list here.
//! A new one is a decision, and its line in the list is where it is seen.

#![expect(clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a crate may depend on.
struct Allowed {
    name: &'static str,
    /// Of ours, when built.
    ours: &'static [&'static str],
    /// Of ours, in its tests besides.
    ours_in_tests: &'static [&'static str],
    /// Of others, when built. Tests may use what they like.
    others: &'static [&'static str],
}

/// Every crate of the workspace.
const CRATES: &[Allowed] = &[
    Allowed {
        name: "domain",
        ours: &[],
        ours_in_tests: &[],
        others: &[
            "async-trait",
            "emojis",
            "futures-core",
            "mockall",
            "thiserror",
            "unicode-normalization",
            "unicode-security",
            "unicode-segmentation",
        ],
    },
    Allowed {
        name: "protocol",
        ours: &["domain"],
        ours_in_tests: &["testkit"],
        others: &["serde", "serde_json", "thiserror", "time", "utoipa"],
    },
    Allowed {
        name: "realtime",
        ours: &["domain", "protocol"],
        ours_in_tests: &["client", "infra-memory", "testkit"],
        others: &["bytes", "futures-util", "metrics", "serde_json", "thiserror", "tokio", "tokio-util", "tracing"],
    },
    Allowed {
        name: "http-api",
        ours: &["domain", "protocol", "realtime"],
        ours_in_tests: &["client", "infra-auth", "infra-memory", "testkit"],
        others: &[
            "axum",
            "base64",
            "bytes",
            "futures-util",
            "http",
            "http-body-util",
            "hyper",
            "hyper-util",
            "metrics",
            "mime_guess",
            "rust-embed",
            "serde",
            "serde_json",
            "sha1",
            "sha2",
            "soketto",
            "subtle",
            "thiserror",
            "tokio",
            "tokio-util",
            "tower",
            "tower-http",
            "tracing",
            "url",
            "utoipa",
            "utoipa-axum",
        ],
    },
    Allowed {
        name: "infra-auth",
        ours: &["domain"],
        ours_in_tests: &["infra-memory", "testkit"],
        others: &[
            "argon2",
            "async-trait",
            "base64",
            "getrandom",
            "jsonwebtoken",
            "serde",
            "sha2",
            "subtle",
            "thiserror",
            "tokio",
            "tracing",
        ],
    },
    Allowed {
        name: "infra-memory",
        ours: &["domain"],
        ours_in_tests: &["infra-auth", "testkit"],
        others: &["async-trait", "tokio", "tokio-stream"],
    },
    Allowed {
        name: "infra-sqlite",
        ours: &["domain"],
        ours_in_tests: &["testkit"],
        others: &["async-trait", "fs4", "rusqlite", "thiserror", "tokio", "tracing"],
    },
    Allowed {
        name: "infra-mongo",
        ours: &["domain"],
        ours_in_tests: &["testkit"],
        others: &[
            "async-trait",
            "bson",
            "futures-core",
            "futures-util",
            "mongodb",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tokio-util",
            "tracing",
        ],
    },
    Allowed {
        name: "testkit",
        ours: &["domain"],
        ours_in_tests: &["infra-memory"],
        others: &["async-trait", "futures-util", "tokio"],
    },
    Allowed {
        name: "client",
        ours: &["protocol"],
        ours_in_tests: &[],
        others: &["futures-util", "reqwest", "serde", "serde_json", "thiserror", "tokio", "tokio-tungstenite"],
    },
    Allowed {
        name: "server",
        ours: &["domain", "http-api", "infra-auth", "infra-memory", "infra-mongo", "infra-sqlite", "realtime"],
        ours_in_tests: &[],
        others: &[
            "anyhow",
            "base64",
            "clap",
            "futures-util",
            "getrandom",
            "metrics",
            "metrics-exporter-prometheus",
            "p256",
            "reqwest",
            "rpassword",
            "rustix",
            "socket2",
            "strsim",
            "tokio",
            "tokio-util",
            "toml",
            "tracing",
            "tracing-subscriber",
            "url",
        ],
    },
    Allowed {
        name: "chaos",
        ours: &["client", "protocol"],
        ours_in_tests: &["domain", "http-api", "infra-auth", "infra-memory", "realtime", "testkit"],
        others: &["anyhow", "clap", "futures-util", "rustix", "serde_json", "tempfile", "tokio", "tokio-tungstenite"],
    },
    Allowed {
        name: "bench",
        ours: &[
            "chaos",
            "client",
            "domain",
            "infra-auth",
            "infra-memory",
            "infra-mongo",
            "infra-sqlite",
            "protocol",
            "realtime",
            "testkit",
        ],
        ours_in_tests: &[],
        others: &[
            "anyhow",
            "clap",
            "futures-util",
            "hdrhistogram",
            "reqwest",
            "rustix",
            "serde_json",
            "tempfile",
            "tokio",
            "tokio-tungstenite",
        ],
    },
];

/// The files outside `protocol` whose types may derive serde: what adapters store and sign, and one form of the
/// seed's that isn't JSON.
const SERDE_ELSEWHERE: &[&str] =
    &["crates/infra-auth/src/access_tokens.rs", "crates/infra-mongo/src/", "crates/http-api/src/seed/token.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Gives a package's dependencies of one kind by name; `None` is the kind of a build.
fn dependencies(package: &Value, kind: Option<&str>) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().expect("dependencies");
    let of_kind = all.iter().filter(|dependency| dependency["kind"].as_str() == kind);
    of_kind.map(|dependency| dependency["name"].as_str().expect("a name").to_owned()).collect()
}

/// Gives every Rust file below a directory, as a path relative to the workspace, with its text.
fn sources(below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(below)];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    waiting.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).expect("within").to_str().expect("Unicode").to_owned();
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found
}

#[test]
fn every_dependency_is_in_the_list_and_no_crate_is_missing_from_it() {
    let packages = packages();
    let names: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().expect("a name")).collect();
    let listed: BTreeSet<&str> = CRATES.iter().map(|allowed| allowed.name).collect();
    assert_eq!(names, listed, "the list names every crate of the workspace, and no other");
    let mut faults = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().expect("a name");
        let allowed = CRATES.iter().find(|allowed| allowed.name == name).expect("listed");
        let in_build = dependencies(package, None).into_iter().map(|name| (name, false));
        let in_build = in_build.chain(dependencies(package, Some("build")).into_iter().map(|name| (name, false)));
        let in_tests = dependencies(package, Some("dev")).into_iter().map(|name| (name, true));
        for (dependency, only_tests) in in_build.chain(in_tests) {
            let dependency = dependency.as_str();
            let fine = match (names.contains(dependency), only_tests) {
                (true, false) => allowed.ours.contains(&dependency),
                (true, true) => allowed.ours.contains(&dependency) || allowed.ours_in_tests.contains(&dependency),
                (false, false) => allowed.others.contains(&dependency),
                (false, true) => true,
            };
            if !fine {
                faults.push(format!(
                    "{name} may not depend on {dependency}{}",
                    if only_tests { " in tests" } else { "" }
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_list_allows_nothing_that_nobody_needs() {
    let packages = packages();
    let mut faults = Vec::new();
    for allowed in CRATES {
        let package = packages.iter().find(|package| package["name"] == allowed.name).expect("every listed crate");
        let mut used = dependencies(package, None);
        used.extend(dependencies(package, Some("build")));
        for name in allowed.ours.iter().chain(allowed.others) {
            if !used.contains(*name) {
                faults.push(format!("{} doesn't depend on {name} any more", allowed.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_doubles_of_the_domain_are_built_for_tests_only() {
    let packages = packages();
    let domain = packages.iter().find(|package| package["name"] == "domain").expect("domain");
    let mockall = domain["dependencies"].as_array().expect("dependencies").iter();
    let mut mockall = mockall.filter(|dependency| dependency["name"] == "mockall" && dependency["kind"].is_null());
    assert!(mockall.all(|dependency| dependency["optional"] == true));
    for package in &packages {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let features = dependency["features"].as_array().expect("features");
            let mocks = dependency["name"] == "domain" && features.iter().any(|feature| feature == "mocks");
            assert!(!mocks || dependency["kind"] == "dev", "{} enables mocks outside its tests", package["name"]);
        }
    }
}

#[test]
fn only_the_wiring_names_an_adapter() {
    for (name, text) in sources("crates/server/src") {
        if name != "crates/server/src/wiring.rs" && !name.starts_with("crates/server/src/wiring/") {
            for adapter in ["infra_auth", "infra_memory", "infra_mongo", "infra_sqlite"] {
                assert!(!text.contains(adapter), "{name} names {adapter}");
            }
        }
    }
}

#[test]
fn only_the_adapter_of_mongodb_knows_bson() {
    for package in packages() {
        let name = package["name"].as_str().expect("a name");
        if name != "infra-mongo" {
            let known = dependencies(&package, None);
            assert!(!known.contains("bson") && !known.contains("mongodb"), "{name}");
        }
    }
}

#[test]
fn only_wire_shapes_and_stored_shapes_derive_serde() {
    for (name, text) in sources("crates") {
        let allowed = name.starts_with("crates/protocol/")
            || name.contains("/tests/")
            || SERDE_ELSEWHERE.iter().any(|place| name.starts_with(place));
        let derives = text.match_indices("derive(").any(|(at, _)| {
            let list = text[at..].split(')').next().unwrap_or_default();
            list.contains("Serialize") || list.contains("Deserialize")
        });
        assert!(allowed || !derives, "{name} derives serde");
    }
}

#[test]
fn no_crate_hands_out_the_types_of_another() {
    let packages = packages();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for package in &packages {
        known.insert(package["name"].as_str().expect("a name").replace('-', "_"));
        known.extend(dependencies(package, None).iter().map(|name| name.replace('-', "_")));
    }
    for (name, text) in sources("crates") {
        for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("pub use ")) {
            let first = line.trim_start_matches("::").split([':', ';', ' ', ',']).next().unwrap_or_default();
            // A module of the crate itself may have the name of some crate: then its file is beside this one.
            let beside = root().join(&name).with_file_name(format!("{first}.rs"));
            assert!(!known.contains(first) || beside.exists(), "{name} hands out types of {first}");
        }
    }
}

#[test]
fn the_main_file_stays_short() {
    let text = fs::read_to_string(root().join("crates/server/src/main.rs")).expect("text");
    assert!(text.lines().count() <= 60);
}

//! Who may know whom. See ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::sources::{files, root};

/// Our own crates, and which of our own crates each may depend on (for its library, not for its tests).
const MAY_KNOW: [(&str, &[&str]); 17] = [
    ("domain", &[]),
    ("engine", &["domain"]),
    ("adapter-memory", &["domain", "engine"]),
    ("adapter-sqlite", &["domain", "engine"]),
    ("adapter-kurrent", &["domain", "engine"]),
    ("adapter-nats", &["domain", "engine"]),
    ("adapter-postgres", &["domain", "engine"]),
    ("app-sdk", &["domain", "engine"]),
    ("app-wordpress", &["domain", "engine", "app-sdk"]),
    ("app-portal", &["domain", "engine", "app-sdk"]),
    ("wordpress-model", &[]),
    ("kurrent-model", &[]),
    ("ingest", &["domain", "engine", "app-sdk"]),
    ("projector", &["domain", "engine", "app-sdk"]),
    ("command-api", &["domain", "engine", "app-sdk"]),
    (
        "portal-integrations",
        &[
            "domain",
            "engine",
            "adapter-memory",
            "adapter-sqlite",
            "adapter-kurrent",
            "adapter-nats",
            "adapter-postgres",
            "app-sdk",
            "app-wordpress",
            "app-portal",
            "wordpress-model",
            "ingest",
            "projector",
            "command-api",
        ],
    ),
    ("acceptance", &[]),
];

/// Packages that have one home.
const HOMES: [(&str, &[&str]); 12] = [
    ("cqrs-es", &["engine"]),
    ("rusqlite", &["adapter-sqlite"]),
    ("kurrentdb", &["adapter-kurrent"]),
    ("async-nats", &["adapter-nats"]),
    ("tokio-postgres", &["adapter-postgres"]),
    ("reqwest", &["app-sdk"]),
    ("hmac", &["app-sdk"]),
    ("sha2", &["app-sdk"]),
    ("ring", &["app-sdk", "engine"]),
    ("cel", &["domain"]),
    ("ammonia", &["domain"]),
    ("axum", &["command-api", "ingest", "portal-integrations", "wordpress-model"]),
];

/// What the pure core must never see.
const NOT_IN_DOMAIN: [&str; 8] =
    ["tokio", "futures", "async-trait", "getrandom", "reqwest", "rusqlite", "axum", "rand"];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata reads the workspace");
    metadata
        .packages
        .iter()
        .map(|package| {
            let normal = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
            (package.name.to_string(), normal.map(|d| d.name.clone()).collect())
        })
        .collect()
}

#[test]
fn crates_know_only_what_they_may() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = MAY_KNOW.iter().map(|(name, _)| *name).collect();
    assert_eq!(ours.len(), dependencies.len(), "list every crate in MAY_KNOW: {:?}", dependencies.keys());
    for (name, allowed) in MAY_KNOW.iter().filter(|(name, _)| *name != "acceptance") {
        let known = dependencies[*name].iter().map(String::as_str).filter(|d| ours.contains(d));
        let beyond: Vec<_> = known.filter(|d| !allowed.contains(d)).collect();
        assert!(beyond.is_empty(), "{name} must not know {beyond:?}");
    }
}

#[test]
fn one_package_has_one_home() {
    let dependencies = dependencies();
    for (package, homes) in HOMES {
        for (name, known) in dependencies.iter().filter(|(name, _)| *name != "acceptance") {
            assert!(
                !known.contains(package) || homes.contains(&name.as_str()),
                "{package} lives in {homes:?}, not in {name}"
            );
        }
    }
}

#[test]
fn the_domain_is_pure() {
    let known = &dependencies()["domain"];
    for package in NOT_IN_DOMAIN {
        assert!(!known.contains(package), "domain must not depend on {package}");
    }
    for (path, text) in files(&[".rs"]) {
        if path.starts_with("domain/src") {
            assert!(!text.contains("async fn"), "{path}: the domain does not wait");
        }
    }
}

#[test]
fn only_the_engine_appends() {
    // Adapters implement the port and tests exercise it; everybody else goes through `engine::execute`.
    for (path, text) in files(&[".rs"]) {
        let free = ["engine/", "adapters/", "tests/"].iter().any(|folder| path.starts_with(folder))
            || path.contains("/tests/")
            || path.contains("/examples/")
            || path.ends_with("tests.rs");
        if free {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains("store.append("), "{path} appends by itself; use engine::execute::Executor");
    }
}

#[test]
fn projections_get_no_ports() {
    for (path, text) in files(&[".rs"]) {
        if path.starts_with("projector/src/projections") {
            for port in ["EventStore", "ReadStore", "Vault", "Bus", "Clock", "Ids", "app_sdk"] {
                assert!(!text.contains(port), "{path} must be a pure fold, but it names {port}");
            }
        }
    }
}

/// What the cluster profile brings, and the embedded build must not grow by.
const ONLY_IN_A_CLUSTER: [&str; 9] = [
    "adapter-kurrent",
    "adapter-nats",
    "adapter-postgres",
    "tonic",
    "async-nats",
    "tokio-postgres",
    "aws-lc-rs",
    "aws-lc-sys",
    "openssl-sys",
];

/// The packages in the executable, with their versions, as cargo resolves them for these features.
fn built(features: &[&str]) -> BTreeSet<(String, String)> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--package", "portal-integrations", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--locked", "--features", &features.join(",")])
        .current_dir(root())
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names are text");
    let package = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    text.lines().filter_map(package).collect()
}

#[test]
fn the_embedded_build_pays_nothing_for_the_cluster() {
    let embedded = built(&[]);
    for (name, _) in &embedded {
        assert!(!ONLY_IN_A_CLUSTER.contains(&name.as_str()), "{name} is in the embedded build");
    }
    let clients: Vec<_> = embedded.iter().filter(|(name, _)| name == "reqwest").collect();
    assert_eq!(clients.len(), 1, "one HTTP client is enough: {clients:?}");
    let cluster = built(&["cluster"]);
    assert!(cluster.iter().any(|(name, _)| name == "tonic"), "the feature brings the cluster's adapters");
}

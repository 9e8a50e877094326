//! Verifying, exporting and importing a whole store, by the executable.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use wordpress_model::SAMPLE_PASSWORD;

use super::import::{Place, json};
use super::running::{BOUND, Server, command};

pub fn run(data: &Path, args: &[&str]) -> Output {
    command().args(args).arg("--data").arg(data).output().unwrap()
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A store with an import in it.
pub fn filled() -> (Place, PathBuf) {
    let place = Place::new();
    let password = place.secret("password", SAMPLE_PASSWORD);
    let imported = place.import(&password, &["--resources", "users,tags"]);
    assert!(imported.status.success(), "{}", said(&imported));
    let data = place.data();
    (place, data)
}

/// Lets the views show everything.
pub fn folded(data: &Path) {
    let server = Server::start(data, &[]);
    let begun = std::time::Instant::now();
    while server.get("/readyz", "").0 != 200 {
        assert!(begun.elapsed() < BOUND, "{}", server.get("/readyz", "").1);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

fn verified(data: &Path, more: &[&str]) -> Value {
    json(&run(data, &[&["verify", "--json"], more].concat()))
}

#[test]
fn a_store_verifies_with_the_key_and_the_checkpoint_that_were_kept() {
    let (place, data) = filled();
    let (key, kept) = (place.data().with_extension("key"), place.data().with_extension("checkpoint"));
    assert!(run(&data, &["checkpoint", "--out", text_of(&kept)]).status.success());
    assert!(run(&data, &["checkpoint", "--public-key", "--out", text_of(&key)]).status.success());
    let report = verified(&data, &["--public-key", text_of(&key), "--since", text_of(&kept)]);
    assert_eq!(report["sound"], true, "{report}");
    assert!(report["log"]["checkpoints"].as_u64().unwrap() >= 2, "the end of the import is signed: {report}");
    assert_eq!(report["log"]["signed_to"], report["log"]["events"]);
    // With another key nothing is proven.
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let report = verified(&data, &["--public-key", other]);
    assert_eq!((&report["sound"], &report["fault"]["kind"]), (&false.into(), &"forged".into()), "{report}");
    // A checkpoint that was cut is no checkpoint.
    let line = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, &line[..line.len() / 2]).unwrap();
    assert_eq!(run(&data, &["verify", "--since", text_of(&kept)]).status.code(), Some(64));
}

#[test]
fn bad_input_157_an_older_log_put_back_is_not_started() {
    let (place, data) = filled();
    let older = place.data().with_extension("older");
    fs::copy(data.join("log.db"), &older).unwrap();
    let password = place.secret("again", SAMPLE_PASSWORD);
    assert!(place.import(&password, &["--resources", "categories"]).status.success());
    fs::copy(&older, data.join("log.db")).unwrap();
    let refused = run(&data, &["runs", "list"]);
    assert_eq!(refused.status.code(), Some(74));
    assert!(said(&refused).contains("put in its place"), "{}", said(&refused));
    let report = verified(&data, &[]);
    assert_eq!(report["fault"]["kind"], "rolled-back", "{report}");
}

#[test]
fn an_exported_store_comes_back_with_the_same_positions_and_chain() {
    let (place, data) = filled();
    let (file, again) = (place.data().with_extension("pi"), place.data().with_extension("again"));
    let copy = place.data().with_extension("copy");
    let server = Server::start(&data, &[]);
    assert!(run(&data, &["export", text_of(&file)]).status.success(), "a server may be at work");
    drop(server);
    let exported = json(&run(&data, &["verify", "--json", "--export", text_of(&file)]));
    assert_eq!(exported["sound"], true, "{exported}");
    assert_eq!(run(&data, &["export", text_of(&file)]).status.code(), Some(64), "nothing is replaced");
    assert_eq!(run(&data, &["import-store", text_of(&file)]).status.code(), Some(78), "it is not empty");
    let imported = run(&copy, &["import-store", text_of(&file)]);
    assert!(imported.status.success(), "{}", said(&imported));
    assert_eq!(verified(&copy, &[])["log"], exported["log"]);
    assert!(run(&copy, &["export", text_of(&again)]).status.success());
    assert_eq!(fs::read(&file).unwrap(), fs::read(&again).unwrap(), "byte for byte");
    // It is a whole installation: with the key it opens, and shows the same.
    assert_eq!(run(&copy, &["runs", "list"]).status.code(), Some(78), "without the key it does not");
    fs::copy(data.join("vault.key"), copy.join("vault.key")).unwrap();
    folded(&copy);
    let lists = |data: &Path, list: &str| json(&run(data, &[list, "list", "--json"]));
    for list in ["connections", "runs", "tokens", "mappings"] {
        assert_eq!(lists(&copy, list), lists(&data, list), "{list}");
    }
    assert!(run(&copy, &["doctor", "--disk-reserve", "1MiB"]).status.code() != Some(1));
}

type Edit = Box<dyn Fn(&mut Vec<String>)>;

#[test]
fn bad_input_171_a_damaged_or_changed_export_is_refused_and_leaves_nothing() {
    let (place, data) = filled();
    let file = place.data().with_extension("pi");
    let copy = place.data().with_extension("copy");
    assert!(run(&data, &["export", "--log-only", text_of(&file)]).status.success());
    let whole = fs::read(&file).unwrap();
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = zstd::stream::decode_all(bytes).unwrap();
        String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
    };
    let sound = lines(&whole);
    let place_of = |position: u64| {
        sound.iter().position(|line| line.starts_with(&format!("{{\"event\":{{\"p\":{position},"))).unwrap()
    };
    let (third, last) = (place_of(3), sound.len() - 1);
    let edits: [(&str, u64, Edit); 6] = [
        ("missing", 3, Box::new(move |lines| drop(lines.remove(third)))),
        ("duplicated", 3, Box::new(move |lines| lines.insert(third + 1, lines[third].clone()))),
        (
            "reordered",
            3,
            Box::new(move |lines| lines[third..].sort_by_key(|line| !line.contains("\"p\":4,"))),
        ),
        (
            "changed",
            3,
            Box::new(move |lines| lines[third] = lines[third].replacen("\"at\":1", "\"at\":2", 1)),
        ),
        (
            "rolled-back",
            0,
            Box::new(move |lines| {
                let links: Vec<_> = (0..last).filter(|at| lines[*at].starts_with("{\"link\"")).collect();
                let half = links[links.len() / 2];
                let position: u64 = lines[half][9..].split(',').next().unwrap().parse().unwrap();
                lines.truncate(half + 1);
                lines.push(format!("{{\"end\":{{\"events\":{position},\"chain\":\"\"}}}}"));
            }),
        ),
        (
            "forged",
            0,
            Box::new(|lines| {
                let at = lines.iter().position(|line| line.contains("checkpoints.jsonl")).unwrap();
                lines[at] = lines[at].replacen("\\\"position\\\":", "\\\"position\\\":1", 1);
            }),
        ),
    ];
    for (kind, position, edit) in edits {
        let mut changed = sound.clone();
        edit(&mut changed);
        assert_ne!(changed, sound, "{kind}");
        let all = changed.join("\n") + "\n";
        fs::write(&file, zstd::stream::encode_all(all.as_bytes(), 3).unwrap()).unwrap();
        let report = json(&run(&data, &["verify", "--json", "--export", text_of(&file)]));
        assert_eq!(report["fault"]["kind"], kind, "{report}");
        assert!(position == 0 || report["fault"]["position"] == position, "{kind}: {report}");
        assert_eq!(run(&copy, &["import-store", text_of(&file)]).status.code(), Some(1));
        assert!(!copy.exists());
    }
    for bytes in [&whole[..whole.len() / 2], b"hello", b""] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(run(&copy, &["import-store", text_of(&file)]).status.code(), Some(1));
        assert!(!copy.exists());
    }
}

#[test]
fn bad_input_153_k20_a_killed_import_of_a_store_leaves_none_and_can_be_repeated() {
    let (place, data) = filled();
    let file = place.data().with_extension("pi");
    let copy = place.data().with_extension("copy");
    assert!(run(&data, &["export", text_of(&file)]).status.success());
    for millis in [0, 5, 10, 20, 40, 80] {
        let mut child =
            command().args(["import-store", text_of(&file), "--data"]).arg(&copy).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        if copy.exists() {
            assert_eq!(verified(&copy, &[])["sound"], true, "there is all of it or nothing");
            fs::remove_dir_all(&copy).unwrap();
        }
    }
    assert!(run(&copy, &["import-store", text_of(&file)]).status.success());
    assert_eq!(verified(&copy, &[])["log"], verified(&data, &[])["log"]);
}

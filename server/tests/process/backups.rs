//! Backups and restores by the executable, killed anywhere, damaged, older than an erasure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::erasing::{CANARIES, Town, holding};
use super::import::json;
use super::integrity::{filled, folded, run, said, text_of};
use super::running::{Server, command};

fn is_sound(data: &Path) -> bool {
    json(&run(data, &["verify", "--json"]))["sound"] == true
}

fn killed_after(mut command: Command, millis: u64) {
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(millis));
    // It may have ended already.
    drop(child.kill());
    child.wait().unwrap();
}

fn backed_up(data: &Path, name: &str) -> PathBuf {
    let backup = data.with_extension(name);
    let made = run(data, &["backup", text_of(&backup)]);
    assert!(made.status.success(), "{}", said(&made));
    backup
}

#[test]
fn bad_input_170_a_backup_under_load_comes_back_whole_and_without_its_key() {
    let (place, data) = filled();
    folded(&data);
    let server = Server::start(&data, &[]);
    let backup = backed_up(&data, "backup");
    drop(server);
    assert!(!backup.join("vault.key").exists());
    assert_eq!(run(&data, &["backup", text_of(&backup)]).status.code(), Some(64), "nothing is replaced");
    let report = json(&run(&data, &["doctor", "--json", "--disk-reserve", "1MiB"]));
    for check in ["chain", "backup", "erasures"] {
        let found = report["findings"].as_array().unwrap().iter().find(|one| one["check"] == check);
        assert_eq!(found.unwrap()["level"], "ok", "{report}");
    }
    assert_eq!(run(&data, &["restore", text_of(&backup)]).status.code(), Some(78), "it is not empty");
    let copy = place.data().with_extension("copy");
    let restored = run(&copy, &["restore", text_of(&backup)]);
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(is_sound(&copy));
    assert_eq!(run(&copy, &["runs", "list"]).status.code(), Some(78), "the key is asked for");
    fs::copy(data.join("vault.key"), copy.join("vault.key")).unwrap();
    for list in ["connections", "runs", "tokens", "mappings"] {
        let list = |data: &Path| json(&run(data, &[list, "list", "--json"]));
        assert_eq!(list(&copy), list(&data));
    }
    let replaced = run(&data, &["restore", "--replace", text_of(&backup)]);
    assert!(replaced.status.success(), "{}", said(&replaced));
    assert!(said(&replaced).contains("what was there before is in"), "{}", said(&replaced));
    assert!(is_sound(&data) && sibling(&data, "before").join("log.db").exists());
}

fn sibling(data: &Path, purpose: &str) -> PathBuf {
    data.with_file_name(format!("{}.{purpose}", data.file_name().unwrap().to_str().unwrap()))
}

#[test]
fn bad_input_157_a_damaged_backup_is_refused_and_nothing_is_touched() {
    let (place, data) = filled();
    let copy = place.data().with_extension("copy");
    for file in ["log.db", "vault.db", "views.db", "checkpoints.jsonl", "installation.json", "backup.json"] {
        let backup = backed_up(&data, "backup");
        let whole = fs::read(backup.join(file)).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(backup.join(file), &changed).unwrap();
        let refused = run(&copy, &["restore", text_of(&backup)]);
        // A flip in the manifest may hit what says nothing.
        assert!(file == "backup.json" || refused.status.code() == Some(1), "{file}: {}", said(&refused));
        assert!(file == "backup.json" || !copy.exists(), "{file}");
        fs::remove_file(backup.join(file)).unwrap();
        assert_eq!(
            run(&place.data().with_extension("other"), &["restore", text_of(&backup)]).status.code(),
            Some(1)
        );
        fs::remove_dir_all(&backup).unwrap();
    }
}

#[test]
fn bad_input_170_a_restore_erases_again_who_was_erased_since_the_backup() {
    let town = Town::new();
    let backup = backed_up(&town.data(), "backup");
    assert!(!holding(&backup, &CANARIES).is_empty(), "the views of the backup still say a name");
    assert!(town.erase().status.success());
    let ledger = town.place.data().with_extension("ledger");
    fs::copy(town.data().join("erasures.jsonl"), &ledger).unwrap();
    assert!(CANARIES.iter().all(|canary| !fs::read_to_string(&ledger).unwrap().contains(canary)));
    // In the place of what is there, whose ledger is known.
    let restored = town.run(&["restore", "--replace", text_of(&backup)]);
    assert!(said(&restored).contains("1 people who were erased since"), "{}", said(&restored));
    assert_eq!(holding(&town.data(), &CANARIES), Vec::<String>::new());
    assert_eq!(town.preview()["found"], false);
    town.import();
    assert_eq!(town.preview()["found"], false, "and does not come back");
    assert!(is_sound(&town.data()));
    // On a new machine, with the ledger and the key that were kept elsewhere.
    let copy = town.place.data().with_extension("copy");
    let key = town.data().join("vault.key");
    let args = ["restore", "--ledger", text_of(&ledger), "--key-file", text_of(&key), text_of(&backup)];
    let restored = run(&copy, &args);
    assert!(restored.status.success(), "{}", said(&restored));
    assert_eq!(holding(&copy, &CANARIES), Vec::<String>::new());
    // Without the key nobody could be erased: then nothing is restored.
    let other = town.place.data().with_extension("other");
    let refused = run(&other, &["restore", "--ledger", text_of(&ledger), text_of(&backup)]);
    assert!(!refused.status.success() && !other.exists(), "{}", said(&refused));
}

#[test]
fn bad_input_153_k21_a_killed_backup_or_restore_leaves_a_whole_one_or_none() {
    let (place, data) = filled();
    let backup = backed_up(&data, "backup");
    let (half, copy) = (place.data().with_extension("half"), place.data().with_extension("copy"));
    for millis in [2, 5, 10, 15, 20, 30, 45, 60, 90] {
        let mut make = command();
        make.args(["backup", text_of(&half), "--data"]).arg(&data);
        killed_after(make, millis);
        if half.exists() {
            assert!(is_sound(&half), "after {millis} ms");
            fs::remove_dir_all(&half).unwrap();
        }
        let mut restore = command();
        restore.args(["restore", text_of(&backup), "--data"]).arg(&copy);
        killed_after(restore, millis);
        if copy.exists() {
            assert!(is_sound(&copy), "after {millis} ms");
            fs::remove_dir_all(&copy).unwrap();
        }
    }
    assert!(run(&data, &["backup", text_of(&half)]).status.success());
    assert!(run(&copy, &["restore", text_of(&half)]).status.success());
    assert!(is_sound(&copy));
}

#[test]
fn bad_input_153_k17_a_killed_key_rotation_is_finished_by_the_next() {
    let (_place, data) = filled();
    folded(&data);
    let connections = json(&run(&data, &["connections", "list", "--json"]));
    for millis in [2, 5, 8, 12, 16, 20, 30, 50] {
        let mut rotate = command();
        rotate.args(["keys", "rotate", "--data"]).arg(&data);
        killed_after(rotate, millis);
        let status = run(&data, &["keys", "status", "--json"]);
        assert!(status.status.success(), "after {millis} ms: {}", said(&status));
    }
    assert!(run(&data, &["keys", "rotate", "--finish"]).status.success());
    assert_eq!(json(&run(&data, &["connections", "list", "--json"])), connections);
    assert!(is_sound(&data));
    let runs = json(&run(&data, &["runs", "list", "--json"]));
    assert!(!runs.as_array().unwrap().is_empty());
}

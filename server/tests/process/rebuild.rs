//! Rebuilding views by the executable: the same everywhere, and killed anywhere.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::import::json;
use super::integrity::{filled, folded};
use super::running::command;

fn rebuild(data: &Path, surroundings: &[(&str, &str)]) -> Command {
    let mut rebuild = command();
    rebuild.args(["views", "rebuild", "--json", "--data"]).arg(data).envs(surroundings.iter().copied());
    rebuild
}

fn hashes(views: &Value) -> Vec<(&str, &str)> {
    views
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["view"].as_str().unwrap(), row["hash"].as_str().unwrap()))
        .collect()
}

#[test]
fn bad_input_125_views_are_the_same_under_another_zone_locale_and_date() {
    let (_place, data) = filled();
    folded(&data);
    let here = json(&rebuild(&data, &[]).output().unwrap());
    let elsewhere = [
        vec![("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")],
        vec![("TZ", "America/St_Johns"), ("LC_ALL", "ja_JP.UTF-8")],
    ];
    for surroundings in elsewhere {
        let there = json(&rebuild(&data, &surroundings).output().unwrap());
        assert_eq!(hashes(&there), hashes(&here), "{surroundings:?}");
        assert!(there.as_array().unwrap().iter().all(|view| view["same"] == true));
    }
    // Another day, where the machine has the means to pretend one.
    if let Some(library) = faketime() {
        let another_day = [("LD_PRELOAD", library.as_str()), ("FAKETIME", "+400d")];
        let then = json(&rebuild(&data, &another_day).output().unwrap());
        assert_eq!(hashes(&then), hashes(&here));
    }
}

fn faketime() -> Option<String> {
    let found = Command::new("find").args(["/usr/lib", "-name", "libfaketimeMT.so.1"]).output().ok()?;
    String::from_utf8(found.stdout).ok()?.lines().next().map(str::to_owned)
}

#[test]
fn bad_input_153_k15_a_killed_rebuild_leaves_the_views_as_they_were() {
    let (_place, data) = filled();
    folded(&data);
    let before = json(&rebuild(&data, &[]).output().unwrap());
    for millis in [5, 15, 30, 45, 60, 80, 120] {
        let mut child = rebuild(&data, &[]).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        // It may have ended already.
        drop(child.kill());
        child.wait().unwrap();
        let after = json(&rebuild(&data, &[]).output().unwrap());
        assert!(after.as_array().unwrap().iter().all(|view| view["same"] == true), "{millis}: {after}");
        assert_eq!(hashes(&after), hashes(&before));
    }
}

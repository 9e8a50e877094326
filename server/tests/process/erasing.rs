//! Erasing a person by the executable: afterwards no file holds them, the log is sound, and they do not come back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use wordpress_model::{SAMPLE_PASSWORD, User};

use super::import::{Place, json};
use super::integrity::{folded, run, said, text_of};
use super::running::command;

pub const EMAIL: &str = "zelda.quixwood@example.org";
/// What no file may hold afterwards.
pub const CANARIES: [&str; 4] = ["zelda.quixwood", "Quixwood", "quixwood", "zquix"];

pub struct Town {
    pub place: Place,
    password: PathBuf,
    zelda: u64,
}

impl Town {
    /// A site with a person in it, imported; every view shows it.
    pub fn new() -> Self {
        let place = Place::new();
        let zelda = place.site().put_user(User::named("zquix", "Zelda Quixwood", EMAIL));
        let password = place.secret("password", SAMPLE_PASSWORD);
        let town = Self { place, password, zelda };
        town.import();
        folded(&town.data());
        town
    }

    pub fn import(&self) -> Value {
        json(&self.place.import(&self.password, &["--resources", "users"]))
    }

    pub fn data(&self) -> PathBuf {
        self.place.data()
    }

    pub fn run(&self, args: &[&str]) -> Output {
        run(&self.data(), args)
    }

    pub fn preview(&self) -> Value {
        json(&self.run(&["erase", "--json", "--email", EMAIL]))
    }

    pub fn erase(&self) -> Output {
        self.run(&["erase", "--json", "--email", EMAIL, "--apply", "--reason", "asked by letter"])
    }
}

/// Files below a directory that hold one of the texts, as they are or within what is packed: here, nothing is packed
/// that is not sealed, but views are, so those are read through the API.
pub fn holding(directory: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = vec![];
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())) {
                found.push(format!("{} holds {text}", path.display()));
            }
        }
    }
    found
}

#[test]
fn bad_input_172_an_erased_person_is_in_no_file_and_no_answer_any_more() {
    let town = Town::new();
    assert!(!holding(&town.data(), &CANARIES).is_empty(), "the test would see it");
    let held = town.preview();
    assert_eq!((&held["found"], held["subjects"].as_array().unwrap().len()), (&true.into(), 1), "{held}");
    assert_eq!((held["records"].as_array().unwrap().len(), held["portal"].as_array().unwrap().len()), (1, 1));
    let copy = town.place.data().with_extension("json");
    assert!(town.run(&["subject-export", "--email", EMAIL, "--out", text_of(&copy)]).status.success());
    let copy: Value = serde_json::from_slice(&fs::read(&copy).unwrap()).unwrap();
    let contents = copy["content"].as_array().unwrap();
    assert!(contents.iter().any(|one| one["content"]["email"] == EMAIL), "{copy}");
    assert_eq!(contents.len(), 2, "the record and its Portal record");
    let erased = town.erase();
    assert!(erased.status.success(), "{}", said(&erased));
    assert_eq!(holding(&town.data(), &CANARIES), Vec::<String>::new());
    assert_eq!(town.preview()["found"], false);
    let exported = town.place.data().with_extension("pi");
    assert!(town.run(&["export", text_of(&exported)]).status.success());
    let text = zstd::stream::decode_all(&fs::read(&exported).unwrap()[..]).unwrap();
    let text = String::from_utf8(text).unwrap().to_lowercase();
    assert!(CANARIES.iter().all(|canary| !text.contains(&canary.to_lowercase())));
    // The chain holds, and a rebuilt view is the one that is there.
    let report = json(&town.run(&["verify", "--json"]));
    assert_eq!(report["sound"], true, "{report}");
    let views = json(&town.run(&["views", "rebuild", "--json"]));
    assert!(views.as_array().unwrap().iter().all(|view| view["same"] == true), "{views}");
    assert_eq!(holding(&town.data(), &CANARIES), Vec::<String>::new());
}

#[test]
fn bad_input_173_an_erased_person_does_not_come_back_until_asked() {
    let town = Town::new();
    let id = json(&town.erase())["id"].as_str().unwrap().to_owned();
    town.import();
    assert_eq!(town.preview()["found"], false, "not under the old id");
    // The same address, another account.
    town.place.site().put_user(User::named("zq2", "Zelda Q.", &EMAIL.to_uppercase()));
    let report = town.import();
    assert!(report.to_string().contains("\"skipped\""), "{report}");
    assert_eq!(town.preview()["found"], false, "nor under a new one");
    assert_eq!(holding(&town.data(), &CANARIES), Vec::<String>::new());
    let lifted = town.run(&["erase", "--lift", &id, "--reason", "signed up again"]);
    assert!(lifted.status.success(), "{}", said(&lifted));
    town.import();
    folded(&town.data());
    let held = town.preview();
    let count = |name: &str| held[name].as_array().unwrap().len();
    assert_eq!((count("records"), count("portal")), (2, 2), "both accounts: {held}");
    let states = json(&town.run(&["erase", "--list", "--json"]));
    assert_eq!(states[0]["state"], "lifted");
    assert_eq!(json(&town.run(&["verify", "--json"]))["sound"], true);
}

#[test]
fn bad_input_174_nobody_and_nonsense_are_answered_in_words() {
    let town = Town::new();
    assert_eq!(json(&town.run(&["erase", "--json", "--email", "nobody@example.org"]))["found"], false);
    for (args, code, word) in [
        (vec!["erase", "--email", "nonsense"], 1, "NOT_AN_EMAIL"),
        (vec!["erase", "--record", "nonsense"], 1, "NOT_A_RECORD"),
        (vec!["erase", "--record", "cn_a.users.999"], 1, "NOT_FOUND"),
        (vec!["erase"], 64, "--email or --record"),
        (vec!["erase", "--email", EMAIL, "--apply"], 64, "--reason"),
        (vec!["erase", "--lift", "er_nothere", "--reason", " "], 1, "NO_REASON"),
        (vec!["erase", "--lift", "er_nothere", "--reason", "r"], 1, "NOT_FOUND"),
    ] {
        let refused = town.run(&args);
        assert_eq!(refused.status.code(), Some(code), "{}", said(&refused));
        assert!(said(&refused).contains(word), "{}", said(&refused));
    }
    assert_eq!(town.preview()["found"], true);
}

#[test]
fn bad_input_153_k18_a_killed_erasure_is_carried_out_at_the_next_start() {
    for millis in [20, 40, 60, 80, 100, 120, 150, 180, 220, 260] {
        let town = Town::new();
        let mut erase = command();
        erase.args(["erase", "--email", EMAIL, "--apply", "--reason", "r", "--data"]).arg(town.data());
        let mut child = erase.stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        // It may have ended already.
        drop(child.kill());
        child.wait().unwrap();
        let states = json(&town.run(&["erase", "--list", "--json"]));
        match states.as_array().unwrap().first() {
            // Not asked for yet, as far as the log knows: nothing happened.
            None => assert_eq!(town.preview()["found"], true, "after {millis} ms"),
            Some(erasure) => {
                assert_eq!(erasure["state"], "completed", "after {millis} ms");
                assert_eq!(holding(&town.data(), &CANARIES), Vec::<String>::new(), "after {millis} ms");
            }
        }
        assert_eq!(json(&town.run(&["verify", "--json"]))["sound"], true);
    }
}

#[test]
fn bad_input_172_another_address_and_a_name_in_free_text_are_found() {
    let town = Town::new();
    let older = town.preview();
    assert!(
        town.place.site().update_user(town.zelda, |user| user.email = "zelda@new.example.org".to_owned())
    );
    let is_public = |id: &u64| {
        town.place.site().post(*id).is_some_and(|post| post.kind == "post" && post.status == "publish")
    };
    let post = (1..1_000).find(is_public).unwrap();
    let text = format!("<p>Write to {EMAIL}, she knows.</p>");
    assert!(town.place.site().update_post(post, |post| post.content = text.clone()));
    let imported = town.place.import(&town.password, &["--resources", "users,posts,pages"]);
    assert!(imported.status.success(), "{}", said(&imported));
    let now = json(&town.run(&["erase", "--json", "--email", "zelda@new.example.org"]));
    assert_eq!(now["subjects"], older["subjects"], "by the new address");
    assert_eq!((&now["events"], &now["addresses"]), (&4.into(), &2.into()), "{now}");
    let held = town.preview();
    assert_eq!(
        (&held["events"], &held["subjects"]),
        (&now["events"], &now["subjects"]),
        "by the old one the same"
    );
    let mentions = held["mentions"].as_array().unwrap();
    assert_eq!(mentions.len(), 2, "the post, and what Portal has of it: {held}");
    let erased =
        town.run(&["erase", "--json", "--email", EMAIL, "--apply", "--mentions", "--reason", "by letter"]);
    assert!(erased.status.success(), "{}", said(&erased));
    assert_eq!(holding(&town.data(), &CANARIES), Vec::<String>::new());
    for address in [EMAIL, "zelda@new.example.org"] {
        assert_eq!(json(&town.run(&["erase", "--json", "--email", address]))["found"], false);
    }
    let views = json(&town.run(&["views", "rebuild", "--json"]));
    assert!(views.as_array().unwrap().iter().all(|view| view["same"] == true), "{views}");
    assert_eq!(json(&town.run(&["verify", "--json"]))["sound"], true);
}

#[test]
fn bad_input_175_a_key_rotated_after_an_erasure_opens_nothing_and_forgets_nobody() {
    let town = Town::new();
    assert!(town.erase().status.success());
    assert!(town.run(&["keys", "rotate"]).status.success());
    town.place.site().put_user(User::named("zq2", "Zelda Q.", EMAIL));
    town.import();
    assert_eq!(town.preview()["found"], false);
    assert_eq!(json(&town.run(&["verify", "--json"]))["sound"], true);
}

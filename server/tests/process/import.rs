//! Importing and the thin commands, against the living model of a site.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use wordpress_model::{Running, SAMPLE_LOGIN, SAMPLE_PASSWORD, Site, User};

use super::running::{Server, command};

/// A site in this process, a directory for everything else.
pub struct Place {
    _runtime: tokio::runtime::Runtime,
    site: Running,
    directory: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let site = runtime.block_on(Site::sample().serve(([127, 0, 0, 1], 0).into())).unwrap();
        Self { _runtime: runtime, site, directory: tempfile::tempdir().unwrap() }
    }

    pub fn secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        let mut file =
            std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path).unwrap();
        writeln!(file, "{text}").unwrap();
        path
    }

    pub fn site(&self) -> &Site {
        self.site.site()
    }

    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub fn import(&self, password: &Path, more: &[&str]) -> Output {
        let mut import = command();
        import.env("PORTAL_EGRESS_ALLOW", "127.0.0.0/8").args(["import", "--json", "--site", &self.site.url]);
        import.args(["--user", SAMPLE_LOGIN, "--password-file"]).arg(password);
        import.arg("--data").arg(self.data()).args(more).output().unwrap()
    }
}

pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

fn sum(report: &Value, count: &str) -> u64 {
    report["runs"].as_array().unwrap().iter().map(|run| run["counts"][count].as_u64().unwrap()).sum()
}

#[test]
fn a_second_import_writes_no_post_again_and_a_dry_run_writes_nothing_at_all() {
    let place = Place::new();
    let password = place.secret("password", SAMPLE_PASSWORD);
    let dry = json(&place.import(&password, &["--resources", "posts", "--dry-run"]));
    assert!(sum(&dry, "read") > 0 && dry["runs"][0]["mode"] == "dry-run", "{dry}");
    let first = place.import(&password, &["--resources", "posts"]);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let first = json(&first);
    assert_eq!(sum(&first, "created"), sum(&dry, "read"), "the dry run had created nothing");
    let second = json(&place.import(&password, &["--resources", "posts"]));
    assert_eq!((sum(&second, "created"), sum(&second, "updated")), (0, 0), "{second}");
    assert_eq!(sum(&second, "unchanged"), sum(&first, "created"));
    assert_eq!(first["runs"][0]["scenario"], second["runs"][0]["scenario"], "the same scenario again");
}

#[test]
fn a_partly_failed_import_says_so_and_a_wrong_password_leaves_nothing_behind() {
    let place = Place::new();
    let wrong = place.secret("wrong", "abcd efgh ijkl mnop qrst uvwx");
    let refused = place.import(&wrong, &[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("TEST_FAILED") && !said.contains("abcd efgh"), "{said}");
    let password = place.secret("password", SAMPLE_PASSWORD);
    place.site.site().put_user(User::named("sam", "Sam Oldfield", "sam(at)example.org"));
    let partly = place.import(&password, &["--resources", "users"]);
    assert_eq!(partly.status.code(), Some(2), "one address is none");
    let report = json(&partly);
    assert!(report["outcome"] == "partly-failed" && sum(&report, "failed") == 1, "{report}");
}

#[test]
fn thin_commands_say_the_same_in_process_and_over_http() {
    let place = Place::new();
    let password = place.secret("password", SAMPLE_PASSWORD);
    assert!(place.import(&password, &["--resources", "tags"]).status.success());
    let local =
        |args: &[&str]| command().args(args).arg("--json").arg("--data").arg(place.data()).output().unwrap();
    let token = place.directory.path().join("token");
    let mut issue = command();
    issue.args(["tokens", "issue", "--name", "test", "--role", "viewer", "--file"]).arg(&token);
    let made = issue.arg("--data").arg(place.data()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let lists = ["connections", "scenarios", "mappings", "runs"];
    let before: Vec<Value> = lists.iter().map(|list| json(&local(&[list, "list"]))).collect();
    let server = Server::start(&place.data(), &[]);
    let url = format!("http://{}", server.address);
    let remote = |args: &[&str]| {
        let mut command = command();
        command.args(args).args(["--json", "--server", &url, "--token-file"]).arg(&token).output().unwrap()
    };
    for (list, before) in lists.iter().zip(before) {
        assert_eq!(json(&remote(&[list, "list"])), before, "{list}");
    }
    let run = json(&remote(&["runs", "list"]))[0]["id"].as_str().unwrap().to_owned();
    assert!(!json(&remote(&["runs", "items", &run])).as_array().unwrap().is_empty());
    assert_eq!(
        remote(&["tokens", "issue", "--name", "more", "--role", "administrator"]).status.code(),
        Some(77)
    );
    assert_eq!(local(&["runs", "list"]).status.code(), Some(75), "the directory is in use");
    let bearer = std::fs::read_to_string(&token).unwrap();
    let (status, text) = server.get("/metrics", &format!("Authorization: Bearer {}\r\n", bearer.trim()));
    assert!(status == 200 && text.contains("route=\"/api/v1/runs\""), "{text}");
}

#[test]
fn a_first_start_writes_its_token_once() {
    let place = Place::new();
    let token = place.directory.path().join("first");
    let more = ["--print-token-file", token.to_str().unwrap()];
    drop(Server::start(&place.data(), &more));
    let text = std::fs::read_to_string(&token).unwrap();
    std::fs::remove_file(&token).unwrap();
    let server = Server::start(&place.data(), &more);
    assert!(!token.exists(), "there is a token already");
    let header = format!("Authorization: Bearer {}\r\n", text.trim());
    assert_eq!(server.get("/api/v1/tokens", &header).0, 200);
    assert_eq!(server.get("/api/v1/tokens", "").0, 401);
}

#[test]
fn the_demo_tells_its_story_and_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let output = command().args(["demo", "--once"]).env("TMPDIR", temporary.path()).output().unwrap();
    let story = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "one user fails on purpose: {story}");
    for part in
        ["What Portal has now", "NOT_AN_EMAIL", "0 records written", "posts  58    0        0        58"]
    {
        assert!(story.contains(part), "{part}: {story}");
    }
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

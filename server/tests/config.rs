//! Where a setting comes from, and what a wrong one says (bad input 167).
#![expect(clippy::unwrap_used, reason = "only tests use this")]

use std::path::Path;
use std::process::{Command, Output};

fn server() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-integrations"));
    command.env_clear().env("HOME", "/nonexistent");
    command
}

fn refused(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{text}");
    assert_eq!(text.lines().count(), 1, "one sentence: {text}");
    text
}

fn file(directory: &Path, text: &str) -> std::path::PathBuf {
    let path = directory.join("portal.toml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn every_setting_is_in_the_help_with_its_environment_and_default() {
    let output = server().arg("--help").output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for name in [
        "data",
        "listen",
        "public-url",
        "egress-allow",
        "key-file",
        "trusted-proxies",
        "log-format",
        "log",
        "max-connections",
        "max-connections-per-ip",
        "body-limit",
        "header-limit",
        "header-timeout",
        "body-timeout",
        "write-timeout",
        "drain-timeout",
        "metrics-public",
        "ready-lag",
        "disk-reserve",
        "config",
    ] {
        assert!(help.contains(&format!("--{name} ")), "{name}");
        let env = format!("[env: PORTAL_{}", name.to_uppercase().replace('-', "_"));
        assert!(help.contains(&env), "{env}");
    }
    for default in ["127.0.0.1:8080", "2MiB", "10s", "1024", "Exit codes:", "PORTAL_KEY"] {
        assert!(help.contains(default), "{default}");
    }
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let directory = tempfile::tempdir().unwrap();
    let config = file(directory.path(), "listen = \"file\"\n");
    let with = |flag: Option<&str>, env: Option<&str>, config: Option<&Path>| {
        let mut command = server();
        command.arg("doctor");
        command.args(config.map(|path| format!("--config={}", path.display())));
        command.args(flag.map(|value| format!("--listen={value}")));
        command.envs(env.map(|value| ("PORTAL_LISTEN", value)));
        refused(&command.output().unwrap())
    };
    assert!(with(Some("flag"), Some("env"), Some(&config)).contains("--listen is `flag`"));
    assert!(with(None, Some("env"), Some(&config)).contains("PORTAL_LISTEN is `env`"));
    let from_file = with(None, None, Some(&config));
    assert!(from_file.contains("`listen` in ") && from_file.contains("`file`"), "{from_file}");
}

#[test]
fn bad_input_167_an_unknown_key_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let config = file(directory.path(), "lisen = \"127.0.0.1:0\"\n");
    let text = refused(&server().arg("--config").arg(&config).output().unwrap());
    assert!(text.contains("`lisen`"), "{text}");
    let config = file(directory.path(), "max-connections = 5\n");
    let text = refused(&server().arg("--config").arg(&config).output().unwrap());
    assert!(text.contains("did you mean `max_connections`"), "{text}");
}

#[test]
fn bad_input_167_wrong_files_and_values_are_one_sentence_each() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("none.toml");
    assert!(refused(&server().arg("--config").arg(&missing).output().unwrap()).contains("none.toml"));
    for (text, expected) in [
        ("listen = ", "is not TOML"),
        ("listen = { a = 1 }", "must be a text"),
        ("body_timeout = \"soon\"", "such as 10s"),
        ("body_limit = \"1TiB\"", "KiB"),
        ("trusted_proxies = [\"10.0.0\"]", "is not a network"),
        ("log_format = \"xml\"", "text or json"),
        ("public_url = \"http://user:word@a/\"", "without user"),
        ("max_connections = 0", "above zero"),
        ("egress_allow = \"0.0.0.0/0\"", "too wide"),
    ] {
        let config = file(directory.path(), text);
        let said = refused(&server().arg("--config").arg(&config).output().unwrap());
        assert!(said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn bad_input_167_a_key_is_never_taken_from_the_command_line_and_never_with_a_line_break() {
    let output = server().args(["serve", "--key", "v1:abc"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    let output = server().arg("serve").env("PORTAL_KEY", "v1:abc\n").output().unwrap();
    assert!(refused(&output).contains("line break"));
    let output =
        server().arg("serve").env("PORTAL_KEY", "v1:a").env("PORTAL_KEY_FILE", "k").output().unwrap();
    assert!(refused(&output).contains("keep one"));
}

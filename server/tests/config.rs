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

#[test]
fn every_setting_of_the_cluster_is_in_the_help_and_no_password_is() {
    let output = server()
        .arg("--help")
        .env("PORTAL_CLUSTER_LOG_URL", "kurrentdb://admin:hunter2@a:2113")
        .env("PORTAL_CLUSTER_DATABASE_URL", "postgres://portal:hunter2@a/portal")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for name in [
        "log-url",
        "log-url-file",
        "bus-url",
        "bus-credentials",
        "database-url",
        "database-pool",
        "lease-time",
    ] {
        assert!(help.contains(&format!("--cluster-{name} ")), "{name}");
        let env = format!("PORTAL_CLUSTER_{}", name.to_uppercase().replace('-', "_"));
        assert!(help.contains(&env), "{env}");
    }
    assert!(help.contains("--profile ") && !help.contains("hunter2"));
}

#[test]
fn bad_input_167_an_address_with_a_password_is_refused_as_an_argument() {
    let output =
        server().args(["doctor", "--cluster-log-url=kurrentdb://admin:hunter2@a:2113"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(64), "{text}");
    assert!(text.contains("PORTAL_CLUSTER_LOG_URL") && !text.contains("hunter2"), "{text}");
}

#[test]
#[cfg(not(feature = "cluster"))]
fn bad_input_160_a_build_without_the_cluster_says_so() {
    let said = refused(&server().args(["serve", "--profile=cluster"]).output().unwrap());
    assert!(said.contains("build with --features cluster"), "{said}");
}

#[test]
fn bad_input_160_one_role_needs_a_cluster() {
    let directory = tempfile::tempdir().unwrap();
    for role in ["ingest", "command-api", "projector", "relay"] {
        let mut command = server();
        command.args([role, "--listen=127.0.0.1:0", "--data"]).arg(directory.path().join("data"));
        let said = refused(&command.output().unwrap());
        assert!(said.contains("run `serve`"), "{said}");
    }
}

#[cfg(feature = "cluster")]
mod cluster {
    use super::*;

    fn with(settings: &str, arguments: &[&str]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let file = file(directory.path(), &format!("profile = \"cluster\"\n[cluster]\n{settings}"));
        let mut command = server();
        command.arg("--config").arg(file).args(arguments).args(["--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(directory.path().join("data"));
        refused(&command.output().unwrap())
    }

    const WHOLE: &str = "log_url = \"kurrentdb://u:hunter2@127.0.0.1:1?tls=false\"\nbus_url = \"nats://127.0.0.1:1\"\n\
                         database_url = \"postgres://u:hunter2@127.0.0.1:1/d\"\n";

    #[test]
    fn bad_input_167_each_setting_is_refused_with_one_sentence() {
        for (settings, said) in [
            ("", "KurrentDB; set log_url"),
            ("log_url = \"kurrentdb://a\"\n", "NATS; set bus_url"),
            ("lag_url = \"x\"\n", "unknown key `cluster_lag_url`"),
            (&format!("{WHOLE}bus_user = \"portal\"\n"), "cluster_bus_password_file"),
            (&format!("{WHOLE}bus_token_file = \"a\"\nbus_nkey_file = \"b\"\n"), "keep one of"),
            (&format!("{WHOLE}bus_replicas = 2\n"), "choose 1, 3 or 5"),
            (&format!("{WHOLE}bus_certificate = \"a.pem\"\n"), "cluster_bus_certificate_key"),
            (&format!("{WHOLE}database_tls = \"maybe\"\n"), "disable, require or verify"),
            (&format!("{WHOLE}database_pool = 2\n"), "choose 3 to 1000"),
            (&format!("{WHOLE}lease_time = \"10ms\"\n"), "1s or more"),
            (&format!("{WHOLE}log_url_file = \"/nowhere\"\n"), "keep one of them"),
        ] {
            let text = with(settings, &["serve"]);
            assert!(text.contains(said) && !text.contains("hunter2"), "{settings}: {text}");
        }
    }

    #[test]
    fn bad_input_160_the_key_must_be_given_and_the_servers_must_answer() {
        assert!(with(WHOLE, &["serve"]).contains("keys create --key-file"));
        let directory = tempfile::tempdir().unwrap();
        let key = directory.path().join("key").display().to_string();
        let made = server().args(["keys", "create", "--key-file", &key]).output().unwrap();
        assert!(made.status.success());
        let text = with(&format!("{WHOLE}log_deadline = \"1s\"\n"), &["ingest", "--key-file", &key]);
        assert!(text.contains("KurrentDB") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn what_needs_a_data_directory_says_what_to_do_instead() {
        for command in
            [&["backup", "x"][..], &["restore", "x"], &["checkpoint"], &["verify"], &["export", "x"]]
        {
            let text = with(WHOLE, command);
            assert!(text.contains("works on a data directory") && text.contains(';'), "{text}");
        }
    }
}

//! What the configuration asks for.

use std::os::unix::fs::PermissionsExt;

use super::finding::Finding;
use crate::compose;
use crate::config::Config;

pub fn look(config: &Config) -> Vec<Finding> {
    vec![
        Finding::ok("configuration", "every setting makes sense"),
        listening(config),
        egress(config),
        key(config),
    ]
}

fn listening(config: &Config) -> Finding {
    let is_behind_tls = config.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if config.listen.ip().is_loopback() || is_behind_tls {
        return Finding::ok("listening", config.listen.to_string());
    }
    Finding::warn(
        "listening",
        format!("{} can be reached from other machines without TLS", config.listen),
        "put a TLS proxy in front (deploy/) and set public_url to its https address",
    )
}

fn egress(config: &Config) -> Finding {
    let rules = &config.egress_allow;
    if rules.is_empty() {
        return Finding::ok("egress", "public addresses only");
    }
    let list: Vec<String> = rules.iter().map(|rule| rule.cidr.to_string()).collect();
    let finding = format!("public addresses, and inside: {}", list.join(", "));
    if rules.iter().any(|rule| rule.cidr.prefix_len() <= 8 && rule.name.is_none()) {
        let remedy = "name the host and a narrow range, such as intranet.example=10.2.0.0/24:443";
        return Finding::warn("egress", finding, remedy);
    }
    Finding::ok("egress", finding)
}

fn key(config: &Config) -> Finding {
    if config.key.is_some() {
        return Finding::warn(
            "key",
            "the key is in the environment, where whoever may look into /proc sees it",
            "put it into a file with mode 0600 and set key_file",
        );
    }
    let file = config.key_file.clone().unwrap_or_else(|| compose::default_key_file(&config.data));
    let place = file.display();
    match std::fs::metadata(&file) {
        Err(_) if config.key_file.is_none() => {
            Finding::ok("key", format!("{place} is made at the first start"))
        }
        Err(error) => {
            Finding::fail("key", format!("{place}: {error}"), "put the key file back, or correct key_file")
        }
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            Finding::fail("key", format!("{place} can be read by others"), format!("run: chmod 600 {place}"))
        }
        Ok(_) if config.key_file.is_none() => Finding::warn(
            "key",
            format!("{place} lies beside the data, so a copy of the directory opens itself"),
            "move it to another place, name it with key_file, and keep a copy apart from the backups",
        ),
        Ok(_) => Finding::ok("key", format!("{place}, private")),
    }
}

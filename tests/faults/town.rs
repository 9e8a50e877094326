//! A site with people and posts in this process, and the product's own commands against it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tokio::runtime::Runtime;
use wordpress_model::{Running, Shape, Site};

use crate::Programs;

const LOGIN: &str = "portal";
const PASSWORD: &str = "abcd efgh ijkl mnop qrst uvwx";
/// Users of the site.
pub const USERS: u64 = 30;
const SHAPE: Shape = Shape { users: USERS, posts: 60, content_bytes: 500, seed: 7 };

pub struct Town {
    site: Running,
    home: tempfile::TempDir,
    product: PathBuf,
}

impl Town {
    pub fn new(runtime: &Runtime, programs: &Programs) -> Self {
        let site = Site::generated(SHAPE);
        site.add_account(LOGIN, PASSWORD, "administrator");
        let site = runtime.block_on(site.serve(([127, 0, 0, 1], 0).into())).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut open = fs::OpenOptions::new();
        let file = open.create_new(true).write(true).mode(0o600).open(home.path().join("password"));
        writeln!(file.unwrap(), "{PASSWORD}").unwrap();
        Self { site, home, product: programs.product.clone() }
    }

    pub fn site(&self) -> &Site {
        self.site.site()
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A fresh copy of a data directory.
    pub fn copy(&self, from: &Path, name: &str) -> PathBuf {
        let to = self.data(name);
        drop(fs::remove_dir_all(&to));
        if from.exists() {
            assert!(Command::new("cp").arg("-a").arg(from).arg(&to).status().unwrap().success());
        }
        to
    }

    /// The words of one command, the program first.
    pub fn words(&self, step: &str, data: &Path) -> Vec<String> {
        let mut words = vec![self.product.to_string_lossy().into_owned()];
        words.extend(step.split(' ').map(str::to_owned));
        if step == "import" {
            let password = self.home.path().join("password").to_string_lossy().into_owned();
            let more = ["--resources", "users,posts", "--json", "--site", &self.site.url, "--user", LOGIN];
            words.extend(more.map(str::to_owned));
            words.extend(["--password-file".to_owned(), password]);
        }
        words.extend(["--data".to_owned(), data.to_string_lossy().into_owned()]);
        words
    }

    pub fn command(&self, step: &str, data: &Path) -> Command {
        spoken(&self.words(step, data))
    }

    /// Runs a step to its end, which has to be a success.
    pub fn finish(&self, step: &str, data: &Path) -> Result<Output, String> {
        let output = self.command(step, data).stdout(Stdio::piped()).output().unwrap();
        if output.status.success() {
            return Ok(output);
        }
        let said = [output.stdout, output.stderr].concat();
        Err(format!("{step} ended with {}: {}", output.status, String::from_utf8_lossy(&said)))
    }
}

/// A command of words, allowed to speak to loopback.
pub fn spoken(words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env("PORTAL_EGRESS_ALLOW", "127.0.0.0/8");
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

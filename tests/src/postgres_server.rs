//! A real PostgreSQL on loopback, in a folder of its own, that can be stopped in the middle of things.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub const ROLE: &str = "postgres";
pub const PASSWORD: &str = "of-the-tests";
const PATIENCE: Duration = Duration::from_mins(1);
const MISSING: &str =
    "PostgreSQL is missing: run `export POSTGRES_BIN=$(tests/servers/postgres)` and then the tests again";

pub struct PostgresServer {
    bin: PathBuf,
    home: TempDir,
    port: u16,
    /// User and group that the server runs as; `None`: ours.
    user: Option<(u32, u32)>,
    options: Vec<String>,
    running: Mutex<Option<Child>>,
}

impl PostgresServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings of the server, as `name=value`.
    pub fn start_with(options: &[&str]) -> Self {
        let home = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        let user = unprivileged();
        if let Some((user, group)) = user {
            chown(home.path(), Some(user), Some(group)).unwrap();
        }
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let server =
            Self { bin: programs(), port: free_port(), home, user, options, running: Mutex::default() };
        server.give("password", PASSWORD);
        let made = server
            .command("initdb")
            .args(["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"])
            .arg(format!("--username={ROLE}"))
            .arg(format!("--pwfile={}", server.path("password").display()))
            .arg(server.path("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server.start_again();
        server
    }

    /// Starts the stopped server on the same folder and port, and waits until it answers.
    pub fn start_again(&self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.path("data")).arg("-p").arg(self.port.to_string());
        command.arg("-k").arg(self.home.path());
        for option in ["listen_addresses=127.0.0.1", "shared_buffers=16MB", "max_connections=60"] {
            command.arg("-c").arg(option);
        }
        for option in &self.options {
            command.arg("-c").arg(option);
        }
        command.stdout(Stdio::null()).stderr(log);
        *self.running.lock().unwrap() = Some(command.spawn().unwrap());
        let deadline = Instant::now() + PATIENCE;
        let ready = || {
            let asked = self
                .command("pg_isready")
                .args(["-q", "-h", "127.0.0.1", "-p"])
                .arg(self.port.to_string())
                .status();
            asked.is_ok_and(|status| status.success())
        };
        while !ready() {
            let ended = self.running.lock().unwrap().as_mut().unwrap().try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "the server does not start: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server as if the machine had lost its power: nothing is finished, nothing is written.
    pub fn stop_immediately(&self) {
        let Some(mut child) = self.running.lock().unwrap().take() else { return };
        let stopped = self
            .command("pg_ctl")
            .arg("stop")
            .args(["-s", "-m", "immediate", "-D"])
            .arg(self.path("data"))
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _gone = child.kill();
        }
        child.wait().unwrap();
    }

    pub fn restart_immediately(&self) {
        self.stop_immediately();
        self.start_again();
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address for the superuser's own database.
    pub fn url(&self) -> String {
        self.url_of(ROLE, PASSWORD, "postgres")
    }

    pub fn url_of(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL as the superuser; gives the rows, columns with `|` between them.
    pub fn sql(&self, sql: &str) -> String {
        let ran = self
            .command("psql")
            .env("PGPASSWORD", PASSWORD)
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-U",
                ROLE,
                "-d",
                "postgres",
            ])
            .args(["-p", &self.port.to_string(), "-c", sql])
            .output()
            .unwrap();
        assert!(ran.status.success(), "{sql}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap().trim_end().to_owned()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file that the server may read.
    pub fn give(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        if let Some((user, group)) = self.user {
            chown(&path, Some(user), Some(group)).unwrap();
        }
        path
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// One of the server's programs, run as its user.
    pub fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.user {
            None => Command::new(program),
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
                command.arg(program);
                command
            }
        };
        command
            .current_dir(self.home.path())
            .env("LC_ALL", "C")
            .env("HOME", self.home.path())
            .env_remove("PGPASSWORD");
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop_immediately();
    }
}

/// Where `postgres`, `initdb` and the others are: where the variable says, or where Debian installs them.
fn programs() -> PathBuf {
    let has_them = |bin: &Path| {
        ["postgres", "initdb", "pg_ctl", "psql"].iter().all(|program| bin.join(program).is_file())
    };
    if let Some(named) = std::env::var_os("POSTGRES_BIN").map(PathBuf::from) {
        assert!(has_them(&named), "POSTGRES_BIN names {}, which holds no PostgreSQL", named.display());
        return named;
    }
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|found| found.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    installed.retain(|bin| has_them(bin));
    installed.sort();
    installed.pop().expect(MISSING)
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is none.
fn unprivileged() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let mut fields =
            users.lines().map(|line| line.split(':')).find(|fields| fields.clone().next() == Some(name))?;
        Some((fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("there is a user to run PostgreSQL as"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

//! A real NATS server on a free loopback port, with a store of its own, gone when the test ends.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use adapter_nats::NatsSettings;
use engine::ports::Secret;
use tempfile::TempDir;

const WAIT_MAX: Duration = Duration::from_secs(20);

/// Durable: without `always`, an event that was acknowledged may be lost with the power.
pub const JETSTREAM: &str = "jetstream { store_dir: \"STORE\", sync_interval: always, max_file_store: 10GB }";

pub struct NatsServer {
    dir: TempDir,
    config: String,
    port: u16,
    child: Child,
}

impl NatsServer {
    pub fn start() -> Self {
        Self::start_with(JETSTREAM)
    }

    /// With lines of configuration; `STORE` in them is the server's own folder.
    pub fn start_with(config: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = config.replace("STORE", &dir.path().join("store").display().to_string());
        let child = spawn(dir.path(), &config, "-1");
        let mut server = Self { dir, config, port: 0, child };
        server.port = server.wait_for("its port", |server| port_of(server.dir.path(), server.child.id()));
        server.wait_until_it_answers();
        server
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address())
    }

    /// For a client that is told soon when the server does not answer.
    pub fn settings(&self) -> NatsSettings {
        NatsSettings {
            patience: Duration::from_secs(3),
            bytes_max: 256 << 20,
            ..NatsSettings::new(Secret::new(self.url()))
        }
    }

    /// As `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// After `kill`: on the same port, with what is left on its disk.
    pub fn start_again(&mut self) {
        self.child = spawn(self.dir.path(), &self.config, &self.port.to_string());
        self.wait_until_it_answers();
    }

    /// After `kill`: nothing is left on its disk.
    pub fn lose_the_disk(&self) {
        fs::remove_dir_all(self.dir.path().join("store")).unwrap();
    }

    fn wait_until_it_answers(&mut self) {
        let address = self.address();
        self.wait_for("its greeting", |_| {
            let mut stream = TcpStream::connect(address).ok()?;
            stream.set_read_timeout(Some(WAIT_MAX)).ok()?;
            stream.read_exact(&mut [0; 5]).ok()
        });
    }

    fn wait_for<T>(&mut self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default();
                panic!("the NATS server does not show {what} ({ended:?}): {log}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(dir: &Path, config: &str, port: &str) -> Child {
    let file = dir.join("nats.conf");
    let place = dir.display();
    let text = format!("host: 127.0.0.1\nport: {port}\nports_file_dir: \"{place}\"\n{config}\n");
    fs::write(&file, text).unwrap();
    let log = fs::OpenOptions::new().create(true).append(true).open(dir.join("server.log")).unwrap();
    Command::new(executable())
        .arg("--config")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .expect("NATS_SERVER_BIN can be run")
}

fn executable() -> PathBuf {
    let path = std::env::var_os("NATS_SERVER_BIN");
    path.expect("these tests need a NATS server: export NATS_SERVER_BIN=$(tests/servers/nats)").into()
}

/// The server writes where it listens.
fn port_of(dir: &Path, id: u32) -> Option<u16> {
    let ports = fs::read_to_string(dir.join(format!("nats-server_{id}.ports"))).ok()?;
    let ports: serde_json::Value = serde_json::from_str(&ports).ok()?;
    ports["nats"][0].as_str()?.rsplit(':').next()?.parse().ok()
}

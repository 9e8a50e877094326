//! TLS, with and without certificates of our own.

use std::path::PathBuf;
use std::process::Command;

use acceptance::postgres_server::{PASSWORD, PostgresServer, ROLE};
use adapter_postgres::{OpenError, Postgres, PostgresSettings, Tls, TlsMode};
use tempfile::TempDir;

use crate::stage::{refusal, settings};

/// An authority with a server's and a client's certificate, and another authority.
struct Papers(TempDir);

impl Papers {
    fn new() -> Self {
        let papers = Self(tempfile::tempdir().unwrap());
        for authority in ["ca", "other"] {
            let subject = format!("/CN={authority}");
            papers.openssl(&format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj {subject} \
                 -keyout {authority}.key -out {authority}.crt"
            ));
        }
        std::fs::write(papers.path("server.ext"), "subjectAltName=DNS:localhost\n").unwrap();
        std::fs::write(papers.path("client.ext"), "extendedKeyUsage=clientAuth\n").unwrap();
        for (name, subject) in [("server", "/CN=localhost"), ("client", "/CN=postgres")] {
            papers.openssl(&format!(
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj {subject} -keyout {name}.key -out {name}.csr"
            ));
            papers.openssl(&format!(
                "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile {name}.ext -out {name}.crt"
            ));
        }
        papers
    }

    fn openssl(&self, arguments: &str) {
        let ran =
            Command::new("openssl").args(arguments.split_whitespace()).current_dir(self.0.path()).output();
        let ran = ran.expect("openssl makes the certificates: install it");
        assert!(ran.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn client(&self) -> (PathBuf, PathBuf) {
        (self.path("client.crt"), self.path("client.key"))
    }
}

/// A server that speaks TLS only.
fn server(papers: &Papers) -> PostgresServer {
    let server = PostgresServer::start();
    for name in ["server.crt", "server.key", "ca.crt"] {
        server.give(&format!("data/{name}"), &papers.text(name));
    }
    server.give("data/pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    server.sql("ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
    server.sql("ALTER SYSTEM SET ssl = on");
    server.restart_immediately();
    server
}

fn local(server: &PostgresServer, tls: Tls) -> PostgresSettings {
    let url = format!("postgres://{ROLE}:{PASSWORD}@localhost:{}/postgres?hostaddr=127.0.0.1", server.port());
    PostgresSettings { tls, ..settings(&url) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_tls_is_spoken_as_it_was_asked_for() {
    let papers = Papers::new();
    let server = server(&papers);
    let tls = |mode, ca: Option<&str>| Tls { mode, ca: ca.map(|name| papers.path(name)), client: None };
    let plain = refusal(local(&server, tls(TlsMode::Disable, None))).await;
    assert!(matches!(plain, OpenError::Credentials { .. }), "{plain:?}");
    assert!(plain.to_string().contains("no encryption"), "{plain}");
    for good in [tls(TlsMode::Require, None), tls(TlsMode::Verify, Some("ca.crt"))] {
        let connected = Postgres::connect(local(&server, good)).await.unwrap();
        let encrypted = server.sql(
            "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE application_name = 'portal-integrations'",
        );
        assert_eq!(encrypted, "t");
        drop(connected);
    }
    for authority in [Some("other.crt"), None] {
        let stranger = refusal(local(&server, tls(TlsMode::Verify, authority))).await;
        assert!(matches!(stranger, OpenError::Tls { .. }), "{stranger:?}");
    }
    // The certificate speaks for localhost, not for the address.
    let renamed = PostgresSettings { tls: tls(TlsMode::Verify, Some("ca.crt")), ..settings(&server.url()) };
    let renamed = refusal(renamed).await;
    assert!(matches!(renamed, OpenError::Tls { .. }), "{renamed:?}");
    for file in ["absent.crt", "ca.key"] {
        let unusable = refusal(local(&server, tls(TlsMode::Verify, Some(file)))).await;
        assert!(matches!(unusable, OpenError::TlsFile { .. }), "{unusable:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_a_client_certificate_opens_where_it_is_asked_for() {
    let papers = Papers::new();
    let server = server(&papers);
    server.give("data/pg_hba.conf", "hostssl all all 127.0.0.1/32 cert\n");
    server.restart_immediately();
    let tls = |client| Tls { mode: TlsMode::Verify, ca: Some(papers.path("ca.crt")), client };
    let without = refusal(local(&server, tls(None))).await;
    assert!(matches!(without, OpenError::Credentials { .. }), "{without:?}");
    assert!(without.to_string().contains("client certificate"), "{without}");
    Postgres::connect(local(&server, tls(Some(papers.client())))).await.unwrap();
    let mixed = Some((papers.path("client.crt"), papers.path("other.key")));
    let mixed = refusal(local(&server, tls(mixed))).await;
    assert!(matches!(mixed, OpenError::TlsFile { .. }), "{mixed:?}");
    let foreign = Some((papers.path("other.crt"), papers.path("other.key")));
    let foreign = refusal(local(&server, tls(foreign))).await;
    assert!(matches!(foreign, OpenError::Tls { .. } | OpenError::Unreachable { .. }), "{foreign:?}");
}

//! TLS with and without a certificate of ours.

use std::fs;
use std::path::{Path, PathBuf};

use acceptance::nats_server::{JETSTREAM, NatsServer};
use adapter_nats::{Nats, NatsSettings, Tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::refusals::refused;

/// An authority, and what it signed, as PEM files.
struct Authority {
    dir: TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        fs::write(dir.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { dir, issuer: Issuer::new(params, key) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn sign(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let paths = (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")));
        fs::write(&paths.0, certificate.pem()).unwrap();
        fs::write(&paths.1, key.serialize_pem()).unwrap();
        paths
    }

    fn server(&self, verify: bool) -> NatsServer {
        let (certificate, key) = self.sign("server");
        let file = |name: &str, path: &Path| format!("{name}: \"{}\"", path.display());
        let files = [
            file("cert_file", &certificate),
            file("key_file", &key),
            file("ca_file", &self.path("ca.pem")),
            format!("verify: {verify}"),
        ];
        NatsServer::start_with(&format!("{JETSTREAM}\ntls {{ {} }}", files.join(", ")))
    }

    fn tls(&self, certificate: Option<(PathBuf, PathBuf)>) -> Tls {
        Tls { required: true, authorities: Some(self.path("ca.pem")), certificate }
    }
}

fn with(server: &NatsServer, tls: Tls) -> NatsSettings {
    NatsSettings { tls, ..server.settings() }
}

#[tokio::test]
async fn a_server_whose_authority_we_trust() {
    let authority = Authority::new();
    let server = authority.server(false);
    Nats::connect(with(&server, authority.tls(None))).await.unwrap();
    let other = Authority::new();
    let text = refused(with(&server, other.tls(None))).await;
    assert!(text.contains("no TLS connection"), "{text}");
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_of_ours() {
    let authority = Authority::new();
    let server = authority.server(true);
    Nats::connect(with(&server, authority.tls(Some(authority.sign("relay"))))).await.unwrap();
    let text = refused(with(&server, authority.tls(None))).await;
    assert!(text.contains("certificate of ours"), "{text}");
    let foreign = Authority::new().sign("relay");
    let text = refused(with(&server, authority.tls(Some(foreign)))).await;
    assert!(text.contains("relay.pem") || text.contains("certificate of ours"), "{text}");
}

#[tokio::test]
async fn a_server_without_tls_where_it_is_required() {
    let server = NatsServer::start();
    let authority = Authority::new();
    let text = refused(with(&server, authority.tls(None))).await;
    assert!(text.contains("TLS") || text.contains("cannot be reached"), "{text}");
}

#[tokio::test]
async fn files_that_hold_no_certificate_are_named() {
    let server = NatsServer::start();
    let authority = Authority::new();
    let (certificate, key) = authority.sign("relay");
    let swapped = Tls { certificate: Some((key.clone(), certificate)), ..authority.tls(None) };
    let text = refused(with(&server, swapped)).await;
    assert!(text.contains("relay.key") && text.contains("our certificate"), "{text}");
    let absent = Tls { authorities: Some(authority.path("absent.pem")), ..Tls::default() };
    let text = refused(with(&server, absent)).await;
    assert!(text.contains("absent.pem"), "{text}");
}

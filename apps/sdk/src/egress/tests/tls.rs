//! Certificates that must not be believed.

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls/", $name)).to_vec()
    };
}

async fn serve(certificate: Vec<u8>) -> u16 {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(file!("server.key.der")));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _asked = stream.read(&mut buffer).await;
                let _sent = stream.write_all(&answer("200 OK", "", b"secret garden")).await;
            });
        }
    });
    port
}

async fn call(port: u16) -> Result<Response, EgressError> {
    let config = EgressConfig { extra_roots: vec![file!("ca.der")], ..config("127.0.0.0/8") };
    let egress = Egress::with_lookup(config, ids(), Names::new(&[&["127.0.0.1"]]));
    egress.send(None, Request::get(Url::parse(&format!("https://site.test:{port}/")).unwrap())).await
}

#[tokio::test]
async fn a_certificate_of_an_authority_the_operator_trusts_is_good() {
    assert_eq!(&call(serve(file!("good.der")).await).await.unwrap().body[..], b"secret garden");
}

#[tokio::test]
async fn bad_input_091_bad_certificates_have_a_plain_cause() {
    for (certificate, expected) in [
        (file!("expired.der"), TlsFault::Expired),
        (file!("other-name.der"), TlsFault::WrongName),
        (file!("self-signed.der"), TlsFault::UnknownIssuer),
    ] {
        match call(serve(certificate).await).await {
            Err(EgressError::Tls { fault, .. }) => assert_eq!(fault, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn bad_input_091_plain_http_where_tls_is_expected() {
    let wire =
        Wire::serve(vec![b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n<cut>".to_vec()]).await;
    let port = Url::parse(&wire.origin).unwrap().port().unwrap();
    match call(port).await {
        Err(EgressError::Tls { fault, .. }) => assert_eq!(fault, TlsFault::NotTls),
        other => panic!("{other:?}"),
    }
}

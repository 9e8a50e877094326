//! TLS as this machine trusts it. Built once; every client shares it.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// The text by which `failure` knows this fault.
pub const NO_AUTHORITIES: &str = "no certificate authorities";

/// The system's authorities and the operator's own. With none at all every handshake fails and says so, instead of
/// the process not starting: plain http inside a trusted network still works.
pub fn config(extra_roots: &[Vec<u8>]) -> ClientConfig {
    ring::default_provider().install_default().ok();
    let provider = Arc::new(ring::default_provider());
    let extra = extra_roots.iter().map(|der| CertificateDer::from(der.clone()));
    let verifier: Arc<dyn ServerCertVerifier> =
        match rustls_platform_verifier::Verifier::new_with_extra_roots(extra, Arc::clone(&provider)) {
            Ok(verifier) => Arc::new(verifier),
            Err(error) => {
                tracing::error!(%error, "no certificate authorities could be loaded; https calls will fail");
                Arc::new(Distrust)
            }
        };
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default TLS versions")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth()
}

/// Trusts nobody.
#[derive(Debug)]
struct Distrust;

impl ServerCertVerifier for Distrust {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Err(Error::General(NO_AUTHORITIES.to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General(NO_AUTHORITIES.to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General(NO_AUTHORITIES.to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

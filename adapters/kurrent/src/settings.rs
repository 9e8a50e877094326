//! Where the server is.

use std::time::Duration;

use engine::ports::Secret;
use eventstore::ClientSettings;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use crate::connect_error::ConnectError;

/// How to reach KurrentDB.
#[derive(Clone)]
pub struct KurrentSettings {
    /// `kurrentdb://user:password@host:2113?tls=true&tlsCaFile=…`; several hosts with commas between.
    pub url: Secret,
    /// Longest wait for one answer.
    pub deadline: Duration,
}

impl KurrentSettings {
    /// What the client makes of the address. No message of its parser is passed on: they repeat the password.
    pub(crate) fn parse(&self) -> Result<ClientSettings, ConnectError> {
        for (name, value) in parameters(self.url.expose()) {
            match (name.to_lowercase().as_str(), value.to_lowercase().as_str()) {
                ("nodepreference", preference) if preference != "leader" => {
                    return Err(ConnectError::NotTheLeader { preference: value });
                }
                ("tlscafile", _) => check_certificates(&value)?,
                _ => {}
            }
        }
        self.url.expose().parse().map_err(|_| ConnectError::Address)
    }
}

/// Parameters behind the question mark; the part before it need not be a URL, as it may name several hosts.
fn parameters(address: &str) -> Vec<(String, String)> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let Ok(url) = Url::parse(&format!("kurrentdb://host?{query}")) else { return vec![] };
    url.query_pairs().into_owned().collect()
}

/// The client panics over a file that holds no certificates.
fn check_certificates(file: &str) -> Result<(), ConnectError> {
    let refused = |detail: String| ConnectError::Certificates { file: file.to_owned(), detail };
    let read = CertificateDer::pem_file_iter(file).map_err(|error| refused(error.to_string()))?;
    let found: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| refused(error.to_string()))?;
    if found.is_empty() { Err(refused("it holds no certificate".to_owned())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<ClientSettings, String> {
        let settings = KurrentSettings { url: Secret::new(url.to_owned()), deadline: Duration::from_secs(1) };
        settings.parse().map_err(|error| error.to_string())
    }

    #[test]
    fn bad_input_161_addresses_are_refused_without_their_password() {
        for url in [
            "",
            "host",
            "http://u:hunter2@host:2113",
            "kurrentdb://u:hunter2@host:99999",
            "kurrentdb://u:hunter2@host/path",
            "kurrentdb://u:hunter2@host?tls=perhaps",
            "kurrentdb://u:hunter2@host?nodePreference=follower",
            "kurrentdb://u:hunter2@a:1,b:2?tls=false&nodePreference=random",
            "kurrentdb://u:hunter2@host?tlsCaFile=/nowhere/ca.pem",
        ] {
            let refused = parse(url).unwrap_err();
            assert!(!refused.contains("hunter2") && refused.contains(';'), "{url}: {refused}");
        }
        assert!(parse("kurrentdb://u:p@a:2113,b:2113?tls=false&nodePreference=Leader").is_ok());
        assert!(parse("esdb+discover://cluster.example:2113?tls=false").is_ok());
    }

    #[test]
    fn bad_input_161_a_file_without_certificates_is_refused() {
        let file = std::env::temp_dir().join(format!("no-ca-{}.pem", std::process::id()));
        for text in ["", "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, text).unwrap();
            let refused = parse(&format!("kurrentdb://host?tlsCaFile={}", file.display())).unwrap_err();
            assert!(refused.contains("certificate"), "{refused}");
        }
        std::fs::remove_file(&file).unwrap();
    }
}

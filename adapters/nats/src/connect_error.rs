//! Why there is no connection to NATS that we would work with. Each says what to do.

use engine::ports::Cause;

#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "the NATS address {0:?} cannot be read; write nats://host:4222 or tls://host:4222, several with commas"
    )]
    Address(String),
    #[error("the NATS server at {address} cannot be reached; is it running, and may we get there?")]
    Unreachable {
        address: String,
        #[source]
        source: Cause,
    },
    #[error("the NATS server at {address} refuses our credentials; compare them with its configuration")]
    Credentials {
        address: String,
        #[source]
        source: Cause,
    },
    #[error("the file {path} with {what} cannot be used: {why}")]
    File { path: String, what: &'static str, why: String },
    #[error(
        "no TLS connection to the NATS server at {address}; compare its certificate with the authorities we trust, and \
         whether it wants a certificate of ours"
    )]
    Tls {
        address: String,
        #[source]
        source: Cause,
    },
    #[error("the NATS server at {address} is {found}; version {least} or newer is needed")]
    OldServer { address: String, found: String, least: &'static str },
    #[error(
        "the NATS server at {address} has no JetStream for us; switch it on in the server's configuration (`jetstream \
         {{ store_dir: … }}`) or for our account"
    )]
    NoJetStream { address: String },
    #[error(
        "the stream {stream} has {field} = {found}, but {wanted} is asked for; change the setting here, or remove the \
         stream with `nats stream rm {stream}`: it is made anew and filled from the log"
    )]
    Stream { stream: String, field: &'static str, found: String, wanted: String },
    #[error(
        "the stream {stream} cannot be made with at most {bytes_max} bytes: {why}; give JetStream more space \
         (`max_file_store`, the account's limits) or ask for a smaller stream"
    )]
    NoRoom { stream: String, bytes_max: i64, why: String },
    #[error("the stream {stream} cannot be made or looked at: {why}")]
    Refused { stream: String, why: String },
}

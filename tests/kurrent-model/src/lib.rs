//! A stand-in for a KurrentDB server: its protocol over HTTP/2, its answers to appends and reads, and the faults that a
//! server and a network have. The truth is a list in memory.
//!
//! What it holds to: positions grow and have gaps, the server's own streams (`$…`) lie between ours, expectations are
//! checked per stream, an append whose event ids are there already succeeds and writes nothing, and compares nothing
//! but ids. What it leaves out: subscriptions, batches, deleting by clients, clusters of more than one node, TLS.

#![expect(clippy::result_large_err, reason = "the protocol's own error type")]

mod append;
mod faults;
mod log;
mod read;
mod serve;
mod services;

pub use faults::Fault;
pub use serve::KurrentModel;

/// Generated.
#[doc(hidden)]
#[expect(clippy::all, clippy::pedantic, clippy::allow_attributes, reason = "generated code")]
pub mod proto {
    pub mod google {
        pub mod rpc {
            tonic::include_proto!("google.rpc");
        }
    }
    pub mod event_store {
        pub mod client {
            tonic::include_proto!("event_store.client");
            pub mod streams {
                tonic::include_proto!("event_store.client.streams");
            }
            pub mod server_features {
                tonic::include_proto!("event_store.client.server_features");
            }
            pub mod gossip {
                tonic::include_proto!("event_store.client.gossip");
            }
        }
    }
    pub use event_store::client::{Empty, StreamIdentifier, Uuid, uuid};
    pub use event_store::client::{gossip, server_features, streams};
}

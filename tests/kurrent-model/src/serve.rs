//! The server on a loopback port.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tonic::service::Routes;

use crate::faults::{Fault, Faults};
use crate::log::Log;
use crate::proto::gossip::gossip_server::GossipServer;
use crate::proto::server_features::server_features_server::ServerFeaturesServer;
use crate::proto::streams::streams_server::StreamsServer;
use crate::services::Services;

const VERSION: &str = "26.0.3";
const APPEND_BYTES_MAX: usize = 1 << 20;
const MESSAGE_BYTES_MAX: usize = 17 << 20;

/// What can be set while it runs.
struct Manner {
    version: Option<String>,
    authorization: Option<String>,
    append_bytes_max: usize,
}

pub(crate) struct Shared {
    log: Mutex<Log>,
    manner: Mutex<Manner>,
    pub faults: Faults,
    /// Counts the times at which all connections were cut.
    cuts: watch::Sender<u64>,
    port: u16,
}

impl Shared {
    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn manner(&self) -> MutexGuard<'_, Manner> {
        self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn version(&self) -> Option<String> {
        self.manner().version.clone()
    }

    pub fn authorization(&self) -> Option<String> {
        self.manner().authorization.clone()
    }

    pub fn append_bytes_max(&self) -> usize {
        self.manner().append_bytes_max
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts all connections; the call that asked for it never gets its answer out.
    pub async fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
        std::future::pending::<()>().await;
    }
}

/// A server that runs until it is dropped.
pub struct KurrentModel {
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

impl KurrentModel {
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let manner = Manner {
            version: Some(VERSION.to_owned()),
            authorization: None,
            append_bytes_max: APPEND_BYTES_MAX,
        };
        let shared = Arc::new(Shared {
            log: Mutex::new(Log::new()),
            manner: Mutex::new(manner),
            faults: Faults::default(),
            cuts: watch::Sender::new(0),
            port: listener.local_addr()?.port(),
        });
        let accepting = accept(listener, shared.clone());
        Ok(Self { shared, accepting })
    }

    /// What a client connects to.
    pub fn url(&self) -> String {
        format!("kurrentdb://{}?tls=false&discoveryInterval=10", self.address())
    }

    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.shared.port).into()
    }

    /// The next appends go wrong like this, one each.
    pub fn on_appends(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.faults.on_appends(faults);
    }

    /// The next reads go wrong like this, one each.
    pub fn on_reads(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.faults.on_reads(faults);
    }

    /// `None`: a server that does not know the question for its version.
    pub fn set_version(&self, version: Option<&str>) {
        self.shared.manner().version = version.map(str::to_owned);
    }

    /// From now on only this value of the header `authorization` gets in.
    pub fn set_authorization(&self, header: &str) {
        self.shared.manner().authorization = Some(header.to_owned());
    }

    pub fn set_append_bytes_max(&self, bytes: usize) {
        self.shared.manner().append_bytes_max = bytes;
    }

    /// How many records there are in streams whose name begins like this.
    pub fn count(&self, prefix: &str) -> usize {
        self.shared
            .log()
            .records()
            .iter()
            .filter(|record| record.stream.starts_with(prefix.as_bytes()))
            .count()
    }

    pub fn tombstone(&self, stream: &str) {
        self.shared.log().tombstone(&Bytes::copy_from_slice(stream.as_bytes()));
    }

    pub fn truncate(&self, stream: &str, revision: u64) {
        self.shared.log().truncate(&Bytes::copy_from_slice(stream.as_bytes()), revision);
    }

    /// Goes away without a word.
    pub fn stop(&self) {
        self.accepting.abort();
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Comes back at the same address with the same log.
    pub async fn restart(&mut self) -> io::Result<()> {
        self.stop();
        let listener = loop {
            match TcpListener::bind(self.address()).await {
                // The task that held the port ends soon.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => tokio::task::yield_now().await,
                other => break other?,
            }
        };
        self.accepting = accept(listener, self.shared.clone());
        Ok(())
    }
}

impl Drop for KurrentModel {
    fn drop(&mut self) {
        self.stop();
    }
}

fn accept(listener: TcpListener, shared: Arc<Shared>) -> AbortHandle {
    let services = Services(shared.clone());
    let streams = StreamsServer::new(services.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let routes = Routes::new(streams)
        .add_service(ServerFeaturesServer::new(services.clone()))
        .add_service(GossipServer::new(services))
        .prepare();
    let accepting = async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(converse(connection, routes.clone(), shared.cuts.subscribe()));
        }
    };
    tokio::spawn(accepting).abort_handle()
}

async fn converse(connection: TcpStream, routes: Routes, mut cuts: watch::Receiver<u64>) {
    // Without it small answers wait for the client's acknowledgement.
    let _quick = connection.set_nodelay(true);
    let serving = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(connection), TowerToHyperService::new(routes));
    tokio::select! {
        _ended = serving => {}
        _cut = cuts.changed() => {}
    }
}

//! The site on a loopback port.

use crate::dispatch::{Incoming, Outcome, dispatch};
use crate::fault::{Sent, sent};
use crate::seen::SeenRequest;
use crate::site::Site;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderName, HeaderValue, USER_AGENT};
use axum::http::{HeaderMap, Response, StatusCode};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes of a request body that the site reads.
const BODY_MAX: usize = 1024 * 1024;
/// How long `stop` waits for answers under way.
const STOP_MAX: Duration = Duration::from_secs(5);

/// A site being served; it stops when dropped.
pub struct Running {
    /// `http://127.0.0.1:PORT`, with the sub-directory if the site has one, without a trailing slash.
    pub url: String,
    site: Site,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Serving {
    site: Site,
    stop: watch::Receiver<bool>,
}

impl Site {
    /// Serves the site at this address; port 0 takes a free one. The address becomes the site's URL unless the
    /// options name another.
    pub async fn serve(self, listen: SocketAddr) -> std::io::Result<Running> {
        let listener = TcpListener::bind(listen).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let url = self.served_at(&address);
        let (stop, stopped) = watch::channel(false);
        let serving = Serving { site: self.clone(), stop: stopped.clone() };
        let router = Router::new().fallback(answer).with_state(serving);
        let server = tokio::spawn(async move {
            let asked = async move {
                let mut stopped = stopped;
                // An error means that the handle is gone, which also stops the site.
                let _asked = stopped.wait_for(|&stop| stop).await;
            };
            // The listener of axum never gives up; there is no error to tell.
            let _served = axum::serve(listener, router).with_graceful_shutdown(asked).await;
        });
        Ok(Running { url, site: self, stop, server: Some(server) })
    }
}

impl Running {
    /// The site behind the address, to be changed and asked.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Stops listening and waits for the answers under way, five seconds at most.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(server) = self.server.take() {
            let _ended = tokio::time::timeout(STOP_MAX, server).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Counts a request until its answer leaves, or until the client gives up.
struct InFlight(Site);

impl InFlight {
    fn begin(site: &Site) -> Self {
        site.seen().begin();
        Self(site.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.seen().end();
    }
}

async fn answer(State(serving): State<Serving>, request: Request) -> Response<Body> {
    let _in_flight = InFlight::begin(&serving.site);
    let incoming = incoming(request).await;
    let mut outcome = dispatch(&serving.site, &incoming);
    let sent = sent(&mut outcome.answer, &outcome.strikes, &serving.stop);
    remember(&serving.site, incoming, &outcome);
    serving.site.run_hooks(&outcome.route);
    if let Some(pause) = sent.pause {
        let mut stop = serving.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
    respond(&outcome, sent)
}

async fn incoming(request: Request) -> Incoming {
    let (parts, body) = request.into_parts();
    let text =
        |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Incoming {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        authorization: text(AUTHORIZATION),
        user_agent: text(USER_AGENT).unwrap_or_default(),
        signed: ["x-portal-nonce", "x-portal-timestamp", "x-portal-signature"]
            .map(|name| text(HeaderName::from_static(name)).unwrap_or_default()),
        // A body that is too long or broken counts as empty: the endpoints then miss their fields.
        body: to_bytes(body, BODY_MAX).await.unwrap_or_default(),
    }
}

fn remember(site: &Site, incoming: Incoming, outcome: &Outcome) {
    let request = SeenRequest {
        number: 0,
        method: incoming.method,
        path: incoming.path,
        query: incoming.query,
        route: outcome.route.clone(),
        user: outcome.user.clone(),
        authorization: incoming.authorization.is_some(),
        user_agent: incoming.user_agent,
        status: outcome.answer.status,
    };
    site.seen().remember(request, outcome.answer.body.len());
}

fn respond(outcome: &Outcome, sent: Sent) -> Response<Body> {
    let mut response = Response::new(sent.body);
    *response.status_mut() =
        StatusCode::from_u16(outcome.answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    put_headers(response.headers_mut(), &outcome.answer.headers);
    if let Some(claimed) = sent.claimed {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(claimed));
    }
    response
}

/// Names and texts that HTTP does not allow are left out.
fn put_headers(headers: &mut HeaderMap, given: &[(String, String)]) {
    for (name, value) in given {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
}

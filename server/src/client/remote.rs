//! A running server over HTTP/1.1, one connection for each call. This is not egress: the address is the operator's own.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::body::Body;
use bytes::Bytes;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::Url;

use crate::exit;

const CONNECT_TIME: Duration = Duration::from_secs(10);
/// A little longer than the server gives itself.
const ANSWER_TIME: Duration = Duration::from_secs(130);

pub struct Remote {
    url: Url,
    host: String,
    port: u16,
}

impl Remote {
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let wrong = || {
            exit::ending(
                exit::USAGE,
                format!("--server `{text}` is no address; write it like http://127.0.0.1:8080"),
            )
        };
        let url = Url::parse(text).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return Err(wrong());
        }
        let host = url.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        Ok(Self { url, host, port })
    }

    /// True when a token would cross a network in plain text.
    pub fn is_exposed(&self) -> bool {
        let is_here =
            self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.url.scheme() == "http" && !is_here
    }

    pub async fn call(&self, request: Request<Body>) -> anyhow::Result<(StatusCode, Bytes)> {
        let unreachable = |why: String| {
            exit::ending(
                exit::UNREACHABLE,
                format!(
                    "the server at {} cannot be reached: {why}; check --server and that it runs",
                    self.url
                ),
            )
        };
        let connect = TcpStream::connect((self.host.as_str(), self.port));
        let stream = tokio::time::timeout(CONNECT_TIME, connect)
            .await
            .map_err(|_| unreachable("it did not answer in time".to_owned()))?
            .map_err(|error| unreachable(error.to_string()))?;
        // Only speed depends on it.
        let _ = stream.set_nodelay(true);
        let talk = async {
            if self.url.scheme() == "https" {
                let stream = self.secure(stream).await.map_err(|error| unreachable(format!("{error:#}")))?;
                self.exchange(stream, request).await
            } else {
                self.exchange(stream, request).await
            }
        };
        tokio::time::timeout(ANSWER_TIME, talk)
            .await
            .map_err(|_| unreachable("the answer did not come in time".to_owned()))?
    }

    async fn secure(&self, stream: TcpStream) -> anyhow::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let config = rustls::ClientConfig::builder().with_platform_verifier()?.with_no_client_auth();
        let name = rustls::pki_types::ServerName::try_from(self.host.clone())?;
        Ok(tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
    }

    async fn exchange<S>(&self, stream: S, mut request: Request<Body>) -> anyhow::Result<(StatusCode, Bytes)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let host = &self.url[url::Position::BeforeHost..url::Position::AfterPort];
        request.headers_mut().insert(HOST, HeaderValue::from_str(host)?);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let answer = sender.send_request(request).await.context("the server closed the connection")?;
        let status = answer.status();
        let bytes = super::collect(answer.into_body()).await?;
        driver.abort();
        Ok((status, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked_and_plain_text_abroad_is_seen() {
        assert!(!Remote::parse("http://127.0.0.1:8080").unwrap().is_exposed());
        assert!(!Remote::parse("http://[::1]:8080").unwrap().is_exposed());
        assert!(!Remote::parse("https://portal.example").unwrap().is_exposed());
        assert!(Remote::parse("http://portal.example").unwrap().is_exposed());
        for bad in ["", "portal", "ftp://a", "http://user:word@a/", "unix:/x"] {
            assert!(Remote::parse(bad).is_err(), "{bad}");
        }
    }
}

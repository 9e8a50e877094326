//! Event streams never end by themselves; a draining server ends them, so that clients go elsewhere at once.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream};
use axum::http::Response;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

pub fn end_with(response: Response<Body>, draining: CancellationToken) -> Response<Body> {
    let is_stream = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    response.map(|body| {
        let ended = Box::pin(draining.cancelled_owned());
        Body::from_stream(Ending { inner: body.into_data_stream(), ended })
    })
}

struct Ending {
    inner: BodyDataStream,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Stream for Ending {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.inner.poll_next_unpin(context)
    }
}

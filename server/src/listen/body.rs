//! A request body with an end: at most so many bytes, within so much time. Nothing is buffered here.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::refusal::problem;

const FINE: u8 = 0;
const LARGE: u8 = 1;
const SLOW: u8 = 2;

/// What became of the body; decides the answer whatever the handler made of the broken body.
#[derive(Clone)]
pub struct Verdict {
    state: Arc<AtomicU8>,
    bytes_max: u64,
}

impl Verdict {
    pub fn refusal(&self) -> Option<Response<Body>> {
        match self.state.load(Ordering::Acquire) {
            FINE => None,
            LARGE => Some(Self::too_large(self.bytes_max)),
            _ => Some(problem(
                StatusCode::REQUEST_TIMEOUT,
                "BODY_TOO_SLOW",
                "the body did not arrive in time",
                "send it again over a better line, or in smaller parts",
            )),
        }
    }

    pub fn too_large(bytes_max: u64) -> Response<Body> {
        problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BODY_TOO_LARGE",
            &format!("a body has at most {bytes_max} bytes"),
            "send less at once",
        )
    }
}

pub struct Bounded {
    inner: Incoming,
    left: u64,
    deadline: Instant,
    /// Made only when a body is waited for.
    alarm: Option<Pin<Box<Sleep>>>,
    verdict: Verdict,
}

impl Bounded {
    pub fn new(inner: Incoming, bytes_max: u64, time: Duration) -> (Self, Verdict) {
        let verdict = Verdict { state: Arc::new(AtomicU8::new(FINE)), bytes_max };
        let deadline = Instant::now() + time;
        (Self { inner, left: bytes_max, deadline, alarm: None, verdict: verdict.clone() }, verdict)
    }

    fn broken(&self, state: u8, why: &'static str) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.verdict.state.store(state, Ordering::Release);
        Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other(why)))))
    }
}

impl http_body::Body for Bounded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                let Some(left) = self.left.checked_sub(length) else {
                    return self.broken(LARGE, "the body is too large");
                };
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(axum::Error::new(error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let deadline = self.deadline;
                let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                if alarm.as_mut().poll(context).is_ready() {
                    return self.broken(SLOW, "the body is too slow");
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

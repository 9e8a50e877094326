//! Traces, without anything kept for them: every event is a span. Its span's id follows from the event's id, and its
//! trace from what caused it, which is written beside it as a W3C trace context
//! (<https://www.w3.org/TR/trace-context/#traceparent-header>). So the way from a delivery to its effect can be told
//! across processes and crashes, later too, by whoever reads the log.

use std::fmt;

use uuid::Uuid;

use crate::envelope::Recorded;

/// Where something stands in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    pub trace: [u8; 16],
    pub span: [u8; 8],
}

impl TraceContext {
    /// Reads the header's text: version 00, nothing but zeros is no context.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "00" || flags.len() != 2 || parts.next().is_some() {
            return None;
        }
        let context = Self { trace: bytes(trace)?, span: bytes(span)? };
        (context.trace != [0; 16] && context.span != [0; 8]).then_some(context)
    }

    /// An event as the cause of what follows from it.
    pub fn of(event: &Recorded) -> Self {
        let trace = Self::cause(event).map_or_else(|| event.id.into_bytes(), |cause| cause.trace);
        Self { trace, span: span_of(event.id) }
    }

    /// What caused an event, if that was written down as a context.
    pub fn cause(event: &Recorded) -> Option<Self> {
        Self::parse(event.meta.causation.as_deref()?)
    }
}

/// The chance in an event's id is at its end.
fn span_of(id: Uuid) -> [u8; 8] {
    let bytes = id.into_bytes();
    std::array::from_fn(|index| bytes[8 + index])
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let digits = hex.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Capitals are not allowed.
fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-01", hex(&self.trace), hex(&self.span))
    }
}

/// Lower-case hexadecimal, as traces are written.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_reads_back_and_nonsense_is_none() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(TraceContext::parse(text).map(|context| context.to_string()).as_deref(), Some(text));
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(TraceContext::parse(wrong), None, "{wrong}");
        }
    }
}

//! `Append`: a header, then the events, one message each.

use tonic::{Response, Status, Streaming};
use uuid::Uuid;

use crate::log::{Expected, Outcome, Proposed};
use crate::proto;
use crate::proto::streams::append_req::options::ExpectedStreamRevision as Wanted;
use crate::proto::streams::append_req::{Content, ProposedMessage};
use crate::proto::streams::append_resp::wrong_expected_version as wrong;
use crate::proto::streams::append_resp::{
    Position, Result as Answer, Success, WrongExpectedVersion, success,
};
use crate::proto::streams::{AppendReq, AppendResp};
use crate::serve::Shared;

pub(crate) struct Asked {
    stream: bytes::Bytes,
    wanted: Wanted,
    events: Vec<Proposed>,
}

pub(crate) async fn receive(shared: &Shared, mut messages: Streaming<AppendReq>) -> Result<Asked, Status> {
    let bad = |why: &str| Status::invalid_argument(why.to_owned());
    let header = messages.message().await?.and_then(|message| message.content);
    let Some(Content::Options(options)) = header else { return Err(bad("no options")) };
    let stream = options.stream_identifier.ok_or_else(|| bad("no stream"))?.stream_name;
    let wanted = options.expected_stream_revision.ok_or_else(|| bad("no expectation"))?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(message) = messages.message().await? {
        let Some(Content::ProposedMessage(event)) = message.content else { return Err(bad("no event")) };
        let event = proposed(event).ok_or_else(|| bad("no event id"))?;
        let type_bytes = event.metadata.get("type").map_or(0, |name| name.len() * 2);
        bytes += event.data.len() + event.custom_metadata.len() + type_bytes;
        let most = shared.append_bytes_max();
        if bytes > most {
            let mut refused = bad(&format!("Maximum Append Size of {most} Exceeded."));
            refused
                .metadata_mut()
                .insert("exception", "maximum-append-size-exceeded".parse().expect("ASCII"));
            return Err(refused);
        }
        events.push(event);
    }
    Ok(Asked { stream, wanted, events })
}

fn proposed(event: ProposedMessage) -> Option<Proposed> {
    let id = match event.id?.value? {
        proto::uuid::Value::String(text) => Uuid::parse_str(&text).ok()?,
        proto::uuid::Value::Structured(bits) => Uuid::from_u64_pair(
            bits.most_significant_bits.cast_unsigned(),
            bits.least_significant_bits.cast_unsigned(),
        ),
    };
    let ProposedMessage { metadata, custom_metadata, data, .. } = event;
    Some(Proposed { id, metadata, custom_metadata, data })
}

pub(crate) fn write(shared: &Shared, asked: Asked) -> Result<Response<AppendResp>, Status> {
    let expected = match &asked.wanted {
        Wanted::Any(_) => Expected::Any,
        Wanted::NoStream(_) => Expected::NoStream,
        Wanted::StreamExists(_) => Expected::StreamExists,
        Wanted::Revision(revision) => Expected::Revision(*revision),
    };
    let result = match shared.log().append(&asked.stream, expected, asked.events) {
        Outcome::Success { revision, position } => Answer::Success(Success {
            current_revision_option: Some(success::CurrentRevisionOption::CurrentRevision(revision)),
            position_option: Some(success::PositionOption::Position(Position {
                commit_position: position,
                prepare_position: position,
            })),
        }),
        Outcome::WrongExpectedVersion { current } => {
            Answer::WrongExpectedVersion(refused(current, &asked.wanted))
        }
        Outcome::Deleted => return Err(deleted()),
    };
    Ok(Response::new(AppendResp { result: Some(result) }))
}

pub(crate) fn deleted() -> Status {
    let mut status = Status::failed_precondition("Event stream is deleted.");
    status.metadata_mut().insert("exception", "stream-deleted".parse().expect("ASCII"));
    status
}

fn refused(current: Option<u64>, wanted: &Wanted) -> WrongExpectedVersion {
    let none = proto::Empty {};
    WrongExpectedVersion {
        current_revision_option: Some(match current {
            Some(revision) => wrong::CurrentRevisionOption::CurrentRevision(revision),
            None => wrong::CurrentRevisionOption::CurrentNoStream(none),
        }),
        expected_revision_option: Some(match wanted {
            Wanted::Any(_) => wrong::ExpectedRevisionOption::ExpectedAny(none),
            Wanted::NoStream(_) => wrong::ExpectedRevisionOption::ExpectedNoStream(none),
            Wanted::StreamExists(_) => wrong::ExpectedRevisionOption::ExpectedStreamExists(none),
            Wanted::Revision(revision) => wrong::ExpectedRevisionOption::ExpectedRevision(*revision),
        }),
        ..WrongExpectedVersion::default()
    }
}

//! `Read`: one stream or all of them, forwards or backwards.

use regex::Regex;
use tonic::Status;

use crate::append::deleted;
use crate::log::{Log, Record};
use crate::proto;
use crate::proto::streams::read_req::Options;
use crate::proto::streams::read_req::options::all_options::AllOption;
use crate::proto::streams::read_req::options::filter_options::{Expression, Filter};
use crate::proto::streams::read_req::options::stream_options::RevisionOption;
use crate::proto::streams::read_req::options::{
    AllOptions, CountOption, FilterOption, ReadDirection, StreamOption, StreamOptions,
};
use crate::proto::streams::read_resp::read_event::{Position, RecordedEvent};
use crate::proto::streams::read_resp::{Content, ReadEvent, StreamNotFound};
use crate::proto::streams::{ReadReq, ReadResp};

pub(crate) fn answer(log: &Log, asked: ReadReq) -> Result<Vec<ReadResp>, Status> {
    let bad = |why: &str| Status::invalid_argument(why.to_owned());
    let options = asked.options.ok_or_else(|| bad("no options"))?;
    let count = match options.count_option {
        Some(CountOption::Count(count)) => usize::try_from(count).unwrap_or(usize::MAX),
        _ => return Err(Status::unimplemented("this model has no subscriptions")),
    };
    let back = options.read_direction == ReadDirection::Backwards as i32;
    match &options.stream_option {
        Some(StreamOption::Stream(stream)) => of_stream(log, stream, back, count),
        Some(StreamOption::All(all)) => of_all(log, all, &options, back, count),
        None => Err(bad("no stream")),
    }
}

fn of_stream(log: &Log, asked: &StreamOptions, back: bool, count: usize) -> Result<Vec<ReadResp>, Status> {
    let identifier = asked.stream_identifier.clone().unwrap_or_default();
    if log.is_deleted(&identifier.stream_name) {
        return Err(deleted());
    }
    let Some(records) = log.stream(&identifier.stream_name) else {
        return Ok(vec![response(Content::StreamNotFound(StreamNotFound {
            stream_identifier: Some(identifier),
        }))]);
    };
    let reaches = |record: &&&Record| match asked.revision_option {
        Some(RevisionOption::Revision(from)) if back => record.revision <= from,
        Some(RevisionOption::Revision(from)) => record.revision >= from,
        Some(RevisionOption::End(_)) => back,
        Some(RevisionOption::Start(_)) | None => !back || record.revision == 0,
    };
    Ok(taken(records.iter().filter(reaches).copied(), back, count))
}

fn of_all(
    log: &Log,
    asked: &AllOptions,
    options: &Options,
    back: bool,
    count: usize,
) -> Result<Vec<ReadResp>, Status> {
    let records = log.records();
    let place = |position: u64| {
        // Places in the server's file are either the beginning of a record or nothing.
        match records.binary_search_by_key(&position, |record| record.position) {
            Ok(place) => Ok(place),
            Err(place) if place == records.len() => Ok(place),
            Err(_) => Err(Status::internal("The read position is invalid.")),
        }
    };
    let range = match &asked.all_option {
        Some(AllOption::Position(position)) if back => 0..place(position.commit_position)?,
        Some(AllOption::Position(position)) => place(position.commit_position)?..records.len(),
        Some(AllOption::End(_)) if back => 0..records.len(),
        Some(AllOption::End(_)) => records.len()..records.len(),
        Some(AllOption::Start(_)) | None if back => 0..0,
        Some(AllOption::Start(_)) | None => 0..records.len(),
    };
    let filter = match &options.filter_option {
        Some(FilterOption::Filter(asked)) => asked.filter.as_ref().map(Passing::new).transpose()?,
        _ => None,
    };
    let passing =
        records[range].iter().filter(|record| filter.as_ref().is_none_or(|filter| filter.passes(record)));
    Ok(taken(passing, back, count))
}

fn taken<'r>(
    records: impl DoubleEndedIterator<Item = &'r Record>,
    back: bool,
    count: usize,
) -> Vec<ReadResp> {
    if back {
        records.rev().take(count).map(event).collect()
    } else {
        records.take(count).map(event).collect()
    }
}

struct Passing {
    by_stream: bool,
    prefixes: Vec<String>,
    regex: Option<Regex>,
}

impl Passing {
    fn new(filter: &Filter) -> Result<Self, Status> {
        let (by_stream, expression) = match filter {
            Filter::StreamIdentifier(expression) => (true, expression),
            Filter::EventType(expression) => (false, expression),
        };
        let Expression { regex, prefix } = expression.clone();
        let regex = (!regex.is_empty()).then(|| Regex::new(&regex)).transpose();
        let regex = regex.map_err(|error| Status::invalid_argument(error.to_string()))?;
        Ok(Self { by_stream, prefixes: prefix, regex })
    }

    fn passes(&self, record: &Record) -> bool {
        let stream = String::from_utf8_lossy(&record.stream);
        let event_type = record.metadata.get("type").map_or("", String::as_str);
        let text = if self.by_stream { &*stream } else { event_type };
        match &self.regex {
            Some(regex) => regex.is_match(text),
            None => self.prefixes.iter().any(|prefix| text.starts_with(prefix)),
        }
    }
}

fn response(content: Content) -> ReadResp {
    ReadResp { content: Some(content) }
}

fn event(record: &Record) -> ReadResp {
    let mut metadata = record.metadata.clone();
    // 2020-01-01, in steps of 100 nanoseconds since 1970.
    metadata.insert("created".to_owned(), "15778368000000000".to_owned());
    let event = RecordedEvent {
        id: Some(proto::Uuid { value: Some(proto::uuid::Value::String(record.id.to_string())) }),
        stream_identifier: Some(proto::StreamIdentifier { stream_name: record.stream.clone() }),
        stream_revision: record.revision,
        prepare_position: record.position,
        commit_position: record.position,
        metadata,
        custom_metadata: record.custom_metadata.clone(),
        data: record.data.clone(),
    };
    response(Content::Event(ReadEvent {
        event: Some(event),
        link: None,
        position: Some(Position::CommitPosition(record.position)),
    }))
}

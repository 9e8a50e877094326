//! The stream of events: how it must be, and whether it is.

use std::time::Duration;

use async_nats::jetstream::context::{
    Context, CreateStreamError, CreateStreamErrorKind, GetStreamError, GetStreamErrorKind,
};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{self, ErrorCode};

use crate::connect_error::ConnectError;
use crate::settings::NatsSettings;

/// Small: what keeps events from standing there twice is the expected last sequence of each batch. A long window would
/// only refuse the events of a stream that was emptied and is being filled again.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(1);

pub fn wanted(settings: &NatsSettings) -> Config {
    Config {
        name: settings.stream.clone(),
        description: Some(
            "The newest events of the log, which is the truth. May be removed at any time.".into(),
        ),
        subjects: vec![format!("{}.>", settings.prefix)],
        storage: StorageType::File,
        num_replicas: settings.replicas,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        max_bytes: settings.bytes_max,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        max_consumers: -1,
        // No age: the last message tells the relay where it is, so there must be one.
        max_age: Duration::ZERO,
        duplicate_window: DUPLICATE_WINDOW,
        allow_atomic_publish: true,
        allow_direct: true,
        ..Config::default()
    }
}

/// Makes the stream where it is absent, and otherwise looks whether it is as asked.
pub async fn ensure(context: &Context, wanted: &Config, address: &str) -> Result<(), ConnectError> {
    let found = match context.get_stream(&wanted.name).await {
        Ok(stream) => stream.cached_info().config.clone(),
        Err(error) if is_absent(&error) => match context.create_stream(wanted.clone()).await {
            Ok(stream) => stream.cached_info().config.clone(),
            Err(error) => return Err(not_made(&error, wanted, address)),
        },
        Err(error) => return Err(not_read(&error, wanted, address)),
    };
    same(&found, wanted)
}

fn is_absent(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn not_read(error: &GetStreamError, wanted: &Config, address: &str) -> ConnectError {
    let why = engine::follow::chain(error);
    match error.kind() {
        GetStreamErrorKind::JetStream(error) if is_no_jetstream(&error) => no_jetstream(address),
        // Nobody answers the questions about streams.
        _ if why.contains("JetStream resource does not exist") => no_jetstream(address),
        _ => ConnectError::Refused { stream: wanted.name.clone(), why },
    }
}

fn not_made(error: &CreateStreamError, wanted: &Config, address: &str) -> ConnectError {
    let why = engine::follow::chain(error);
    match error.kind() {
        CreateStreamErrorKind::JetStreamUnavailable => no_jetstream(address),
        CreateStreamErrorKind::JetStream(error) if is_no_jetstream(&error) => no_jetstream(address),
        CreateStreamErrorKind::JetStream(error) if is_no_room(&error) => {
            ConnectError::NoRoom { stream: wanted.name.clone(), bytes_max: wanted.max_bytes, why }
        }
        _ => ConnectError::Refused { stream: wanted.name.clone(), why },
    }
}

fn is_no_jetstream(error: &jetstream::Error) -> bool {
    [ErrorCode::JETSTREAM_NOT_ENABLED, ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT]
        .contains(&error.error_code())
}

fn is_no_room(error: &jetstream::Error) -> bool {
    [
        ErrorCode::STORAGE_RESOURCES_EXCEEDED,
        ErrorCode::INSUFFICIENT_RESOURCES,
        ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
    ]
    .contains(&error.error_code())
}

fn no_jetstream(address: &str) -> ConnectError {
    ConnectError::NoJetStream { address: address.to_owned() }
}

/// Everything that would lose events, keep them too briefly, alter them on the way, or be less durable than asked. What
/// an old server does not know is simply absent in what it found.
fn same(found: &Config, wanted: &Config) -> Result<(), ConnectError> {
    let fields = |config: &Config| {
        [
            ("storage", format!("{:?}", config.storage)),
            ("subjects", config.subjects.join(" ")),
            ("replicas", config.num_replicas.to_string()),
            ("retention", format!("{:?}", config.retention)),
            ("discard", format!("{:?}", config.discard)),
            ("max_bytes", config.max_bytes.to_string()),
            ("max_msgs", config.max_messages.to_string()),
            ("max_msgs_per_subject", config.max_messages_per_subject.to_string()),
            ("max_msg_size", config.max_message_size.to_string()),
            ("max_age", format!("{:?}", config.max_age)),
            ("duplicate_window", format!("{:?}", config.duplicate_window)),
            ("allow_atomic", config.allow_atomic_publish.to_string()),
            ("no_ack", config.no_ack.to_string()),
            ("sealed", config.sealed.to_string()),
            ("mirror", config.mirror.is_some().to_string()),
            ("sources", config.sources.as_ref().is_some_and(|sources| !sources.is_empty()).to_string()),
            ("subject_transform", config.subject_transform.is_some().to_string()),
        ]
    };
    for ((field, found), (_, asked)) in fields(found).into_iter().zip(fields(wanted)) {
        if found != asked {
            return Err(ConnectError::Stream { stream: wanted.name.clone(), field, found, wanted: asked });
        }
    }
    Ok(())
}

//! Makes one line of one event.

use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::fields::Fields;
use super::writer::Queue;
use crate::config::LogFormat;

pub struct Lines {
    pub format: LogFormat,
    pub queue: Queue,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = event.metadata().level().as_str();
        let at = now();
        self.queue.put(match self.format {
            LogFormat::Text => text(&at, level, fields.0),
            LogFormat::Json => json(at, level, event.metadata().target(), fields.0),
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "a log line's time is for people; nothing is decided by it")]
fn now() -> String {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn text(at: &str, level: &str, mut fields: Map<String, Value>) -> String {
    let message = fields.remove("message").and_then(|m| m.as_str().map(str::to_owned)).unwrap_or_default();
    let mut line = format!("{at} {level:5} {message}");
    for (name, value) in fields {
        line.extend([" ", &name, "=", &value.to_string()]);
    }
    line
}

fn json(at: String, level: &str, target: &str, mut fields: Map<String, Value>) -> String {
    fields.insert("at".to_owned(), at.into());
    fields.insert("level".to_owned(), level.to_lowercase().into());
    fields.insert("target".to_owned(), target.into());
    Value::Object(fields).to_string()
}

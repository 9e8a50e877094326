//! Fills the audit view: who did what. Records and Portal's records are content, and so are the pages of a run.

use domain::views::{AUDIT, AuditView, ViewSpec, audit_key};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Audit;

impl Projection for Audit {
    fn view(&self) -> &'static ViewSpec {
        &AUDIT
    }

    fn categories(&self) -> &'static [&'static str] {
        &[
            "connection",
            "effect",
            "endpoint",
            "erasure",
            "failure",
            "mapping",
            "run",
            "scenario",
            "token",
            "watch",
        ]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if matches!(&*recorded.event_type, "run.items-settled" | "effect.intended" | "effect.settled") {
            return Ok(());
        }
        let line = AuditView {
            position: recorded.position,
            at: recorded.recorded_at,
            actor: recorded.meta.actor.0.clone(),
            event: recorded.event_type.to_string(),
            stream: recorded.stream.to_string(),
            correlation: recorded.meta.correlation.clone(),
        };
        let columns = vec![
            Some(line.at.timestamp_micros().into()),
            Some(line.actor.as_str().into()),
            Some(line.event.as_str().into()),
            Some(line.stream.as_str().into()),
        ];
        docs.write(audit_key(line.position), &line, columns);
        Ok(())
    }
}

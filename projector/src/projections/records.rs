//! Fills the records view: the newest revision of every record of every source.

use domain::event::Event;
use domain::record::RecordEvent as E;
use domain::views::{RECORDS, RecordView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Records;

impl Projection for Records {
    fn view(&self) -> &'static ViewSpec {
        &RECORDS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["record"]
    }

    /// A change says everything; only the rare end of a record looks at what was known.
    fn needs(&self, recorded: &Recorded) -> Option<String> {
        (&*recorded.event_type == "record.gone").then(|| recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let key = recorded.stream.id();
        match E::from_json(&recorded.event_type, &recorded.data)? {
            E::Changed(changed) => {
                let view = RecordView {
                    revision: recorded.revision,
                    raw: changed.raw,
                    digest: changed.digest,
                    version: changed.version,
                    position: recorded.position,
                    gone: false,
                    set_back: changed.set_back,
                };
                docs.write(key.to_owned(), &view, vec![]);
            }
            E::Gone(_) => {
                if let Some(mut view) = docs.get::<RecordView>(key)? {
                    view.gone = true;
                    view.revision = recorded.revision;
                    view.position = recorded.position;
                    docs.put(key, &view, vec![]);
                }
            }
        }
        Ok(())
    }
}

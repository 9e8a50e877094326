//! Fills the list of references that wait for their target, by target.

use domain::event::Event;
use domain::portal::PortalEvent as E;
use domain::views::{PORTAL_PENDING, PendingView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Pending;

impl Projection for Pending {
    fn view(&self) -> &'static ViewSpec {
        &PORTAL_PENDING
    }

    fn categories(&self) -> &'static [&'static str] {
        &["portal"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let portal = recorded.stream.id();
        let entry = |field: String, target: String| PendingView { portal: portal.to_owned(), field, target };
        match E::from_json(&recorded.event_type, &recorded.data)? {
            E::Written(written) => {
                for (field, target) in written.pending {
                    let pending = entry(field, target);
                    docs.write(pending.key(), &pending, vec![]);
                }
            }
            E::Linked(linked) => {
                for (field, target) in linked.targets {
                    docs.delete(&entry(field, target).key());
                }
            }
            E::Archived(_) | E::Removed(_) => {}
        }
        Ok(())
    }
}

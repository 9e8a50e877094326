//! Fills the view of what each delivery led to.

use domain::delivery::path_of;
use domain::event::Event;
use domain::inbox::InboxEvent as E;
use domain::views::{DELIVERY_RECORDS, DeliveryRecordsView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct DeliveryRecords;

impl Projection for DeliveryRecords {
    fn view(&self) -> &'static ViewSpec {
        &DELIVERY_RECORDS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["inbox"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let E::Read(read) = E::from_json(&recorded.event_type, &recorded.data)? else { return Ok(()) };
        for delivery in read.deliveries {
            let Some(path) = path_of(&delivery.receipt) else { continue };
            let view = DeliveryRecordsView {
                position: recorded.position,
                at: recorded.recorded_at,
                records: delivery.records.iter().filter_map(|at| read.records.get(*at)).cloned().collect(),
                note: delivery.note,
            };
            docs.write(path, &view, vec![]);
        }
        Ok(())
    }
}

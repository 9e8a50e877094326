//! Fills the links view: what each destination last got of each record. It is what makes a second run cheap: a record
//! whose revision and mapping are still those of its link needs nothing.

use domain::event::decode;
use domain::record::RecordKey;
use domain::run::{ItemsSettled, Outcome};
use domain::views::{LINKS, LinkView, ViewSpec, link_key};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Links;

impl Projection for Links {
    fn view(&self) -> &'static ViewSpec {
        &LINKS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["run"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if &*recorded.event_type != "run.items-settled" {
            return Ok(());
        }
        let settled: ItemsSettled = decode(&recorded.event_type, &recorded.data)?;
        if settled.dry {
            return Ok(());
        }
        for item in settled.items {
            let written = matches!(item.outcome, Outcome::Created | Outcome::Updated | Outcome::Unchanged);
            let target = settled.targets.get(usize::from(item.target));
            if let (Outcome::Removed, Some(target)) = (item.outcome, target) {
                let path = format!("{}.{}.{}", settled.source, settled.resource, item.record);
                docs.delete(&link_key(target.to.as_str(), &path));
                continue;
            }
            if let (true, Some(target), Some(portal), Some(revision)) =
                (written, target, item.portal, item.revision)
            {
                let record = RecordKey {
                    connection: settled.source.clone(),
                    resource: settled.resource.clone(),
                    id: item.record,
                };
                let link = LinkView {
                    portal,
                    revision,
                    mapping: target.mapping.id.to_string(),
                    mapping_revision: target.mapping.revision,
                    run: recorded.stream.id().to_owned(),
                    chunk: recorded.revision,
                };
                docs.write(link_key(target.to.as_str(), &record.path()), &link, vec![]);
            }
        }
        Ok(())
    }
}

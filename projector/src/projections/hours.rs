//! Fills the hours view: how many records came to an end in each hour.

use domain::event::decode;
use domain::run::Counts;
use domain::views::{HOURS, HourView, ViewSpec, hour_key, hour_of};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};
use serde::Deserialize;

pub struct Hours;

/// What is counted of a page; its items are passed over.
#[derive(Deserialize)]
pub struct Settled {
    #[serde(default)]
    pub dry: bool,
    pub counts: Counts,
}

impl Projection for Hours {
    fn view(&self) -> &'static ViewSpec {
        &HOURS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["run"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        (&*recorded.event_type == "run.items-settled").then(|| hour_key(recorded.recorded_at))
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if &*recorded.event_type != "run.items-settled" {
            return Ok(());
        }
        let settled: Settled = decode(&recorded.event_type, &recorded.data)?;
        if settled.dry {
            return Ok(());
        }
        let key = hour_key(recorded.recorded_at);
        let at = hour_of(recorded.recorded_at);
        let known: Option<HourView> = docs.get(&key)?;
        let same = known.filter(|hour| hour.at == at);
        let mut hour = same.unwrap_or_else(|| HourView { at, ..HourView::default() });
        hour.imported += settled.counts.created + settled.counts.updated;
        hour.unchanged += settled.counts.unchanged;
        hour.failed += settled.counts.failed;
        docs.put(&key, &hour, vec![]);
        Ok(())
    }
}

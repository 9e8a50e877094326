//! Fills the totals view: the few numbers that say whether the product does its work.

use domain::connection::ConnectionAdded;
use domain::event::decode;
use domain::run::RunRated;
use domain::views::{TOTALS, TOTALS_KEY, TotalsView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

use super::hours::Settled;

/// What counts; everything else is passed over unread.
const COUNTED: [&str; 4] = ["connection.added", "scenario.created", "run.items-settled", "run.rated"];
/// The address of what comes with the installation and nobody had to connect.
const BUILT_IN: &str = "embedded:";

pub struct Totals;

impl Projection for Totals {
    fn view(&self) -> &'static ViewSpec {
        &TOTALS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["connection", "scenario", "run"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        COUNTED.contains(&&*recorded.event_type).then(|| TOTALS_KEY.to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if !COUNTED.contains(&&*recorded.event_type) {
            return Ok(());
        }
        let mut totals: TotalsView = docs.get(TOTALS_KEY)?.unwrap_or_default();
        count(&mut totals, recorded)?;
        docs.put(TOTALS_KEY, &totals, vec![]);
        Ok(())
    }
}

fn count(totals: &mut TotalsView, recorded: &Recorded) -> Result<(), FoldError> {
    let (event_type, data) = (&*recorded.event_type, &recorded.data);
    match event_type {
        "connection.added" => {
            let added: ConnectionAdded = decode(event_type, data)?;
            totals.connections_established += u64::from(added.address != BUILT_IN);
        }
        "scenario.created" => totals.scenarios_created += 1,
        "run.items-settled" => {
            let settled: Settled = decode(event_type, data)?;
            if !settled.dry {
                totals.records_imported += settled.counts.created + settled.counts.updated;
                totals.records_unchanged += settled.counts.unchanged;
                totals.records_failed += settled.counts.failed;
            }
        }
        _ => {
            let rated: RunRated = decode(event_type, data)?;
            match rated.instead_of {
                Some(true) => totals.satisfied = totals.satisfied.saturating_sub(1),
                Some(false) => totals.dissatisfied = totals.dissatisfied.saturating_sub(1),
                None => {}
            }
            *if rated.satisfied { &mut totals.satisfied } else { &mut totals.dissatisfied } += 1;
        }
    }
    Ok(())
}

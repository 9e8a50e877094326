//! The numbers by which the product's success is measured, as metrics: the same that the overview shows.

use domain::views::{TOTALS, TOTALS_KEY, TotalsView};
use engine::ports::ReadStore;
use metrics::{counter, gauge};

/// Brings the metrics up to what the view says. A view that cannot be read leaves them as they were; readiness tells.
pub async fn tell(reads: &dyn ReadStore) {
    let found = match reads.get(&TOTALS, &[TOTALS_KEY.to_owned()]).await {
        Ok(mut found) => found.pop().flatten(),
        Err(error) => {
            tracing::warn!(%error, "the totals cannot be read");
            return;
        }
    };
    let totals: TotalsView = found.and_then(|doc| serde_json::from_slice(&doc).ok()).unwrap_or_default();
    counter!("portal_connections_established_total").absolute(totals.connections_established);
    counter!("portal_scenarios_created_total").absolute(totals.scenarios_created);
    counter!("portal_records_settled_total", "outcome" => "imported").absolute(totals.records_imported);
    counter!("portal_records_settled_total", "outcome" => "unchanged").absolute(totals.records_unchanged);
    counter!("portal_records_settled_total", "outcome" => "failed").absolute(totals.records_failed);
    gauge!("portal_records_error_ratio").set(totals.error_rate().unwrap_or(0.0));
    // Gauges, because people may change their minds.
    for (answer, count) in [("good", totals.satisfied), ("bad", totals.dissatisfied)] {
        gauge!("portal_runs_rated", "answer" => answer).set(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

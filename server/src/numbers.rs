//! The process's metrics: recorded by the `metrics` crate, rendered as Prometheus text by `/metrics`.

use std::time::Duration;

use anyhow::Context;
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

const UPKEEP: Duration = Duration::from_secs(5);
const SECONDS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 120.0];

/// Starts recording for the whole process.
pub fn start() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&SECONDS)
        .context("the bounds of histograms make no sense")?
        .install_recorder()
        .context("metrics are recorded already")?;
    describe();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

fn describe() {
    describe_counter!("portal_http_requests_total", "Requests answered, by method, route and status");
    describe_histogram!("portal_http_request_seconds", "Time to the head of an answer");
    describe_gauge!("portal_connections", "Open client connections");
    describe_counter!("portal_connections_refused_total", "Connections turned away by a cap");
    describe_counter!(
        "portal_connections_broken_total",
        "Connections that ended early: time-outs, resets, nonsense"
    );
    describe_counter!("portal_accept_failures_total", "Connections the system could not give us");
    describe_counter!("portal_panics_total", "Requests that hit a defect");
    describe_counter!("portal_connections_established_total", "Connections that people made");
    describe_counter!("portal_scenarios_created_total", "Scenarios that people made");
    describe_counter!("portal_records_settled_total", "Records that came to an end, without dry runs");
    describe_gauge!("portal_records_error_ratio", "Share of the settled records that failed, 0 to 1");
    describe_gauge!("portal_runs_rated", "Runs by what people said of them");
    describe_gauge!("portal_follower_position", "How far in the log a follower is");
    describe_counter!("portal_follower_failures_total", "How often a follower had to start again");
}

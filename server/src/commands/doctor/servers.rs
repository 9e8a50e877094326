//! The servers of a cluster: whether they answer, are new enough and safe, and whether the key opens the vault.

use super::finding::Finding;
use crate::config::Config;
use crate::profile;
use crate::role::Role;

pub async fn look(config: &Config) -> Vec<Finding> {
    let opened = match profile::open(config, Role::Everything).await {
        Ok(opened) => opened,
        Err(error) => {
            let found = format!("{error:#}");
            return vec![Finding::fail(
                "cluster",
                found,
                "see the sentence; the servers behind it were not asked",
            )];
        }
    };
    let mut findings: Vec<Finding> =
        opened.home.places().into_iter().map(|place| Finding::ok("cluster", place)).collect();
    let causes = opened.home.causes(config).await;
    findings.extend(causes.into_iter().map(|cause| Finding::fail("cluster", cause.detail, cause.remedy)));
    findings.push(Finding::ok("vault", "opens with the key"));
    findings
}

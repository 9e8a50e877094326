//! The apps of this installation, and the one way out that they share.

use std::sync::Arc;

use app_portal::embedded::Embedded;
use app_sdk::egress::{Egress, EgressConfig};
use app_sdk::{App, Apps};
use engine::execute::Executor;
use engine::ports::{Ids, Vault};

use crate::config::Config;

pub fn egress(config: &Config, ids: Arc<dyn Ids>) -> Arc<Egress> {
    let allow = config.egress_allow.clone();
    Arc::new(Egress::new(EgressConfig { allow, ..EgressConfig::default() }, ids))
}

pub fn all(_egress: &Arc<Egress>, executor: &Executor, vault: &Arc<dyn Vault>, ids: &Arc<dyn Ids>) -> Apps {
    let mut portal = App::new(app_portal::entry());
    portal.actions = Some(Arc::new(Embedded::new(executor.store.clone(), vault.clone(), ids.clone())));
    Apps::new([portal])
}

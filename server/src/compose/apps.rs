//! The apps of this installation, and the one way out that they share.

use std::sync::Arc;

use app_portal::Destinations;
use app_portal::embedded::Embedded;
use app_portal::http::Http;
use app_sdk::egress::{Egress, EgressConfig};
use app_sdk::{App, Apps};
use engine::execute::Executor;
use engine::ports::Ids;

use crate::config::Config;
use crate::profile::Ports;

pub fn egress(config: &Config, ids: Arc<dyn Ids>) -> Arc<Egress> {
    let allow = config.egress_allow.clone();
    Arc::new(Egress::new(EgressConfig { allow, ..EgressConfig::default() }, ids))
}

pub fn all(egress: &Arc<Egress>, executor: &Executor, ports: &Ports) -> Apps {
    let mut portal = App::new(app_portal::entry());
    let embedded = Embedded::new(executor.store.clone(), ports.vault.clone(), ports.ids.clone());
    let http = Http::new(egress.clone(), ports.clock.clone());
    portal.actions = Some(Arc::new(Destinations::new(embedded, http)));
    Apps::new([app_wordpress::app(egress.clone(), ports.clock.clone()), portal])
}

//! WordPress as an app: finding a site, testing the connection, consent in the browser, and reading every record
//! without skipping one, and hearing what changed since.

mod address;
mod authorise;
mod call;
mod changes;
mod check;
mod companion;
mod describe;
mod details;
mod discover;
mod fault;
mod hear;
mod html;
mod items;
mod json;
mod pages;
mod patience;
mod query;
mod reader;
mod root;
mod source;

use std::sync::Arc;

use app_sdk::catalogue::AppEntry;
use app_sdk::egress::Egress;
use app_sdk::{App, Companion};
use engine::ports::Clock;

pub use self::details::{Details, ResourceInfo};

const CATALOGUE: &str = include_str!("../../../schemas/apps/wordpress.json");

/// The plugin Portal Connector, as `plugin/build` makes it.
const PLUGIN: Companion = Companion {
    file_name: "portal-connector.zip",
    bytes: include_bytes!("../plugin/dist/portal-connector.zip"),
};

/// The catalogue entry, as the console shows it.
pub fn entry() -> AppEntry {
    serde_json::from_str(CATALOGUE).expect("the catalogue entry is a file of this repository and tested")
}

/// The app with all its capabilities.
pub fn app(egress: Arc<Egress>, clock: Arc<dyn Clock>) -> App {
    let mut app = App::new(entry());
    let limits = app.entry.limits.clone();
    app.discover = Some(Arc::new(discover::WordPressDiscover::new(Arc::clone(&egress))));
    app.check =
        Some(Arc::new(check::WordPressCheck::new(Arc::clone(&egress), clock, Arc::clone(&app.entry))));
    app.authorise = Some(Arc::new(authorise::WordPressAuthorise::new(Arc::clone(&egress))));
    app.changes = Some(Arc::new(changes::WordPressChanges::new(Arc::clone(&egress))));
    app.outbox = Some(Arc::new(companion::Companion::new(Arc::clone(&egress))));
    app.source = Some(Arc::new(source::WordPressSource::new(egress, &limits)));
    app.hear = Some(Arc::new(hear::WordPressHear));
    app.companion = Some(PLUGIN);
    app.reader = Some(Arc::new(reader::WordPressReader));
    app
}

//! The apps this process knows, each with the capabilities it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::actions::Actions;
use crate::authorise::Authorise;
use crate::catalogue::AppEntry;
use crate::changes::Changes;
use crate::check::{Check, Discover};
use crate::hear::Hear;
use crate::outbox::Outbox;
use crate::source::{Reader, Source};

/// What people install on the app's own side, so that it tells us of changes at once.
#[derive(Clone, Copy, Debug)]
pub struct Companion {
    pub file_name: &'static str,
    /// A zip file.
    pub bytes: &'static [u8],
}

/// One app. Capabilities are optional: an app offers what its remote system can do.
#[derive(Clone)]
pub struct App {
    pub entry: Arc<AppEntry>,
    pub discover: Option<Arc<dyn Discover>>,
    pub check: Option<Arc<dyn Check>>,
    pub authorise: Option<Arc<dyn Authorise>>,
    pub source: Option<Arc<dyn Source>>,
    pub reader: Option<Arc<dyn Reader>>,
    pub hear: Option<Arc<dyn Hear>>,
    pub changes: Option<Arc<dyn Changes>>,
    pub outbox: Option<Arc<dyn Outbox>>,
    pub actions: Option<Arc<dyn Actions>>,
    pub companion: Option<Companion>,
}

impl App {
    /// An app without capabilities yet.
    pub fn new(entry: AppEntry) -> Self {
        Self {
            entry: Arc::new(entry),
            discover: None,
            check: None,
            authorise: None,
            source: None,
            reader: None,
            hear: None,
            changes: None,
            outbox: None,
            actions: None,
            companion: None,
        }
    }
}

#[derive(Clone, Default)]
pub struct Apps(Arc<BTreeMap<String, App>>);

impl Apps {
    pub fn new(apps: impl IntoIterator<Item = App>) -> Self {
        Self(Arc::new(apps.into_iter().map(|app| (app.entry.id.clone(), app)).collect()))
    }

    pub fn get(&self, id: &str) -> Option<&App> {
        self.0.get(id)
    }

    pub fn all(&self) -> impl Iterator<Item = &App> {
        self.0.values()
    }
}

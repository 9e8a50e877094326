//! What a connection keeps about its site between calls (`session.details`).

use app_sdk::egress::Url;
use app_sdk::{AppError, Session};
use domain::connection::Identity;
use serde::{Deserialize, Serialize};

use crate::root::ApiRoot;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The REST root.
    pub root: String,
    pub pretty: bool,
    pub identity: Identity,
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// Where a browser is sent for consent; absent where the site offers none.
    #[serde(default)]
    pub authorization_endpoint: Option<String>,
    /// Hours east of UTC.
    #[serde(default)]
    pub gmt_offset: Option<f64>,
    #[serde(default)]
    pub timezone: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub resources: Vec<ResourceInfo>,
    /// The account's capabilities; absent until a test with credentials.
    #[serde(default)]
    pub capabilities: Option<Vec<String>>,
    /// `edit` when something can be read with all its fields, else `view`.
    #[serde(default = "view")]
    pub context: String,
    /// Largest page that the site grants.
    #[serde(default = "page_max")]
    pub page_max: u64,
}

fn view() -> String {
    "view".to_owned()
}

fn page_max() -> u64 {
    100
}

/// One list of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceInfo {
    /// What scenarios call it: the route's last part, `posts`.
    pub id: String,
    pub rest_base: String,
    /// `/wp/v2/posts`.
    pub route: String,
    /// `user`, `post`, `page`, `media`, `comment`, `term`.
    pub kind: String,
    pub label: String,
    /// Statuses that the account may see; empty where records have none.
    #[serde(default)]
    pub statuses: Vec<String>,
    /// What the account must be able to do to read every record with every field.
    pub capability: String,
}

impl ResourceInfo {
    pub fn has_status(&self) -> bool {
        matches!(self.kind.as_str(), "post" | "page" | "media")
    }
}

impl Details {
    pub fn of(session: &Session) -> Result<Self, AppError> {
        serde_json::from_value(session.details.clone()).map_err(|_| AppError::Invalid {
            code: "NOT_DISCOVERED".to_owned(),
            message: "nothing is known about this site yet".to_owned(),
            remedy: "test the connection first".to_owned(),
        })
    }

    pub fn api_root(&self) -> Result<ApiRoot, AppError> {
        Url::parse(&self.root).map(ApiRoot::new).map_err(|_| AppError::Invalid {
            code: "NOT_DISCOVERED".to_owned(),
            message: "the site's REST address is unreadable".to_owned(),
            remedy: "test the connection again".to_owned(),
        })
    }

    /// The resource, or what to do about its absence.
    pub fn resource(&self, id: &str) -> Result<&ResourceInfo, AppError> {
        self.resources.iter().find(|resource| resource.id == id).ok_or_else(|| AppError::Invalid {
            code: "RESOURCE_MISSING".to_owned(),
            message: format!("the site does not offer `{id}`"),
            remedy: "test the connection again, and check that the plugin which brings this kind of content is active"
                .to_owned(),
        })
    }

    /// May the account read all of it? `None` before the first test.
    pub fn may_edit(&self, resource: &ResourceInfo) -> Option<bool> {
        let capabilities = self.capabilities.as_ref()?;
        Some(capabilities.contains(&resource.capability))
    }
}

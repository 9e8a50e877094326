//! How the site is set up.

use crate::zone::Zone;

/// The site's settings. `Site::configure` changes them while it runs.
#[derive(Clone, Debug)]
pub struct Options {
    pub name: String,
    pub description: String,
    /// `siteurl`; none means the address being served.
    pub url: Option<String>,
    /// `home`; none means the address being served.
    pub home: Option<String>,
    /// Host written into every `guid` at install time; none means the address being served.
    pub install_url: Option<String>,
    pub zone: Zone,
    pub permalinks: Permalinks,
    pub discovery: Discovery,
    /// Sub-directory with a leading slash (`/blog`), empty at the root of the host.
    pub base_path: String,
    /// For example `6.8.2`.
    pub version: String,
    /// A member site of a network: rows of other users need a super administrator in `context=edit`.
    pub multisite: bool,
    /// Whether application passwords are on.
    pub application_passwords: bool,
    /// `WP_ENVIRONMENT_TYPE`.
    pub environment: Environment,
    /// A plugin may lower it.
    pub per_page_max: u64,
    /// A plugin asks for the user early, so that bad credentials are refused everywhere, and by name.
    pub early_authentication: bool,
    /// Namespaces of plugins, for example `wc/v3`.
    pub namespaces: Vec<String>,
}

/// Where the site runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// The consent page may send people back over plain http.
    Local,
    /// The consent page wants https.
    Production,
}

/// Where the REST routes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permalinks {
    /// `/wp-json/…`
    Pretty,
    /// `/?rest_route=/…` only; `/wp-json/` answers with the home page.
    Plain,
}

/// How the home page tells where the REST root is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// A `Link` header and the element.
    Header,
    /// The `<link>` element alone.
    Element,
    /// Neither.
    Nothing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "A site".to_owned(),
            description: "Just another WordPress site".to_owned(),
            url: None,
            home: None,
            install_url: None,
            zone: Zone::Offset(0),
            permalinks: Permalinks::Pretty,
            discovery: Discovery::Header,
            base_path: String::new(),
            version: "6.8.2".to_owned(),
            multisite: false,
            application_passwords: true,
            environment: Environment::Local,
            per_page_max: 100,
            early_authentication: false,
            namespaces: Vec::new(),
        }
    }
}

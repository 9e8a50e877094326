//! What an HTML page means where JSON was due.

/// The usual pages that stand in for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HtmlKind {
    Login,
    Maintenance,
    BotChallenge,
    Firewall,
    FatalError,
    DatabaseError,
    /// A page of the site itself: plain permalinks, or a wrong path.
    Other,
}

const LOOK_AT: usize = 64 << 10;

/// Reads the page's kind from words that the usual products leave in it.
pub fn kind(body: &[u8]) -> HtmlKind {
    let text = String::from_utf8_lossy(&body[..body.len().min(LOOK_AT)]).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&[
        "just a moment",
        "cf-chl",
        "challenge-platform",
        "checking your browser",
        "captcha",
        "are you human",
        "verify you are human",
    ]) {
        HtmlKind::BotChallenge
    } else if has(&["error establishing a database connection", "database error"]) {
        HtmlKind::DatabaseError
    } else if has(&["critical error", "fatal error"]) {
        HtmlKind::FatalError
    } else if has(&[
        "briefly unavailable",
        "scheduled maintenance",
        "maintenance mode",
        "under maintenance",
        "coming soon",
        "back soon",
        "be right back",
        "under construction",
    ]) {
        HtmlKind::Maintenance
    } else if has(&[
        "wordfence",
        "sucuri",
        "mod_security",
        "modsecurity",
        "firewall",
        "access denied",
        "imunify",
        "request blocked",
        "forbidden",
    ]) {
        HtmlKind::Firewall
    } else if has(&["wp-login.php", "id=\"loginform\"", "name=\"log\"", "type=\"password\""]) {
        HtmlKind::Login
    } else {
        HtmlKind::Other
    }
}

impl HtmlKind {
    /// What was found, and what to do about it.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Login => (
                "a login page",
                "let the plugin that demands a login (private site, two-factor) make an exception for the REST API",
            ),
            Self::Maintenance => ("a maintenance page", "wait until the maintenance is over, then run again"),
            Self::BotChallenge => (
                "a bot check, which a program cannot pass",
                "let the site's protection (Cloudflare or similar) make an exception for this product's user agent or IP address",
            ),
            Self::Firewall => (
                "a firewall's refusal",
                "let the security plugin or firewall make an exception for the REST API (/wp-json/)",
            ),
            Self::FatalError => (
                "a page about a fatal PHP error",
                "look at the site's PHP error log; a plugin or the memory limit is the usual cause",
            ),
            Self::DatabaseError => {
                ("a page about a broken database", "start the site's database, then run again")
            }
            Self::Other => (
                "a web page instead of data",
                "check that the REST API is on; if permalinks are plain, test the connection again",
            ),
        }
    }

    /// Does it go away by itself?
    pub fn passes(self) -> bool {
        matches!(self, Self::Maintenance | Self::FatalError | Self::DatabaseError)
    }
}

//! The staged test of a connection. Each stage says what was found in plain words and what to do; later stages are
//! skipped when an earlier one makes them meaningless.

mod account;
mod cache;
mod capabilities;
mod clock;
mod speed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_sdk::catalogue::AppEntry;
use app_sdk::egress::{Egress, Url};
use app_sdk::{AppError, Check, CheckOutcome, Session, StageSink};
use async_trait::async_trait;
use domain::connection::Identity;
use engine::ports::Clock;

use self::account::Account;
pub use self::account::Me;
use crate::address::normalise;
use crate::call::Site;
use crate::describe::{all_statuses, known_resources};
use crate::details::Details;
use crate::discover::stages::Verdict;
use crate::discover::{RootIndex, Stages, locate};
use crate::fault::{Fault, invalid};
use crate::root::ApiRoot;

pub struct WordPressCheck {
    egress: Arc<Egress>,
    clock: Arc<dyn Clock>,
    entry: Arc<AppEntry>,
}

/// A person waits so long for a test to go on.
const PAUSE_MAX: Duration = Duration::from_secs(5);
const PAUSE_LOOK: Duration = Duration::from_millis(250);

/// The stages after the root, for skipping them by name.
const LATER: [(&str, &str); 7] = [
    ("authorization-arrives", "The Authorization header arrives"),
    ("credentials", "User name and password"),
    ("firewall", "Nothing stands in between"),
    ("capabilities", "What the account may read"),
    ("clock", "The site's clock"),
    ("page-cache", "No cache in between"),
    ("speed", "Speed"),
];

impl WordPressCheck {
    pub fn new(egress: Arc<Egress>, clock: Arc<dyn Clock>, entry: Arc<AppEntry>) -> Self {
        Self { egress, clock, entry }
    }

    async fn run(&self, session: &Session, stages: &mut Stages<'_>) -> (Option<Identity>, Option<Details>) {
        let Ok((root, index)) = self.reach(session, stages).await else {
            skip_the_rest(stages, "not reached");
            return (None, None);
        };
        let site = Site { egress: Arc::clone(&self.egress), session: session.clone(), root };
        let examined = tokio::select! {
            details = self.examine(&site, &index, stages) => Ok(details),
            pause = long_pause(&site) => Err(pause),
        };
        match examined {
            Ok(details) => (Some(index.identity()), Some(details)),
            Err(pause) => {
                let finding =
                    format!("the site asked not to be called for another {} seconds", pause.as_secs());
                let verdict = Verdict::warned(&finding, "test again after the pause");
                stages.end("pause", "The site's patience", Instant::now(), verdict);
                skip_the_rest(stages, &finding);
                (Some(index.identity()), None)
            }
        }
    }

    /// Everything behind the root.
    async fn examine(&self, site: &Site, index: &RootIndex, stages: &mut Stages<'_>) -> Details {
        let account = account::test(site, index, stages).await;
        let mut details = described(site, index);
        details.resources = known_resources(site).await;
        if let Account::Known { capabilities, .. } = &account {
            grant(&mut details, capabilities);
        }
        capabilities::test(&account, &details, &self.entry, stages);
        clock::test(site, self.clock.as_ref(), stages).await;
        cache::test(site, stages).await;
        let no_plugin = Verdict::skipped("the companion plugin is not installed");
        stages.end("webhooks", "Messages from the site", Instant::now(), no_plugin);
        speed::test(site, &mut details, stages).await;
        details
    }

    /// Address, name, network, TLS and root.
    async fn reach(
        &self,
        session: &Session,
        stages: &mut Stages<'_>,
    ) -> Result<(ApiRoot, RootIndex), AppError> {
        let address = stages
            .step(
                "address",
                "Address, name and network",
                async {
                    let address = normalise(&session.address)?;
                    self.egress.resolve(&address).await?;
                    Ok(address)
                },
                |address| format!("{address} leads to addresses that may be called"),
            )
            .await?;
        stages
            .step("connection", "A secure connection", self.connect(&address), |()| match address.scheme() {
                "https" => "the site answers and its certificate is good".to_owned(),
                _ => "the site answers, without encryption".to_owned(),
            })
            .await?;
        stages
            .step("root", "The REST API", self.root(session, address.clone()), |(root, _)| {
                format!("found at {} with wp/v2", root.url())
            })
            .await
    }

    /// Any answer will do, even a refusal.
    async fn connect(&self, address: &Url) -> Result<(), AppError> {
        use app_sdk::egress::{EgressError, Method, Request};
        match self.egress.send(None, Request::new(Method::HEAD, address.clone())).await {
            Ok(_) | Err(EgressError::Redirect { .. } | EgressError::Encoding { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The root that discovery found, else a new search; always on the origin the credentials are bound to.
    async fn root(&self, session: &Session, address: Url) -> Result<(ApiRoot, RootIndex), AppError> {
        let known = Details::of(session).ok();
        if let Some(root) = known.as_ref().and_then(|details| details.api_root().ok()) {
            let site = Site { egress: Arc::clone(&self.egress), session: session.clone(), root };
            // Bad credentials must not hide the root, so it is read as a visitor first.
            match crate::call::get_openly(&self.egress, site.root.route("/", &[])).await {
                Ok(answer) => {
                    let index: RootIndex = answer.parse().map_err(Fault::into_app_error)?;
                    index.require_core()?;
                    return Ok((site.root, index));
                }
                Err(fault) if matches!(fault.status(), Some(401 | 403)) => {
                    if let Ok(answer) = site.get("/", &[]).await {
                        let index: RootIndex = answer.parse().map_err(Fault::into_app_error)?;
                        index.require_core()?;
                        return Ok((site.root, index));
                    }
                    return Err(fault.into_app_error());
                }
                Err(fault) if fault.failure(1) != engine::retry::Failure::Permanent => {
                    return Err(fault.into_app_error());
                }
                Err(_) => {}
            }
        }
        let found = locate(&self.egress, address).await?;
        let origin = found.root.url().origin().ascii_serialization();
        if origin != session.origin {
            return Err(invalid(
                "ORIGIN_CHANGED",
                &format!("the site is now at {origin}, but the credentials belong to {}", session.origin),
                "connect the new address as a new connection",
            ));
        }
        Ok((found.root, found.index))
    }
}

#[async_trait]
impl Check for WordPressCheck {
    async fn check(&self, session: &Session, sink: StageSink<'_>) -> CheckOutcome {
        let mut stages = Stages::new(sink);
        let (identity, details) = self.run(session, &mut stages).await;
        let details = details.and_then(|details| serde_json::to_value(details).ok());
        CheckOutcome { health: stages.health(), identity, details }
    }
}

/// Ends when the site has asked for a pause that nobody wants to wait for.
async fn long_pause(site: &Site) -> Duration {
    let pace = site.egress.pace(&site.session.connection);
    let mut look = tokio::time::interval(PAUSE_LOOK);
    loop {
        look.tick().await;
        if let Some(pause) = pace.paused_for().filter(|pause| *pause > PAUSE_MAX) {
            return pause;
        }
    }
}

fn skip_the_rest(stages: &mut Stages<'_>, finding: &str) {
    for (id, title) in LATER {
        if stages.all.iter().all(|stage| stage.id != id) {
            stages.end(id, title, Instant::now(), Verdict::skipped(finding));
        }
    }
}

fn described(site: &Site, index: &RootIndex) -> Details {
    let before = Details::of(&site.session).ok();
    Details {
        root: site.root.url().to_string(),
        pretty: site.root.is_pretty(),
        identity: index.identity(),
        namespaces: index.namespaces.clone(),
        authorization_endpoint: index.authorization_endpoint().map(str::to_owned),
        gmt_offset: index.gmt_offset(),
        timezone: index.timezone(),
        version: before.and_then(|before| before.version),
        resources: Vec::new(),
        capabilities: None,
        context: "view".to_owned(),
        page_max: 100,
    }
}

/// Writes into the details what the account may read.
fn grant(details: &mut Details, capabilities: &[String]) {
    details.capabilities = Some(capabilities.to_vec());
    for resource in &mut details.resources {
        if capabilities.contains(&resource.capability) {
            resource.statuses = all_statuses(&resource.kind);
            "edit".clone_into(&mut details.context);
        }
    }
}

//! The API with its parts, and the first token.

use axum::Router;
use command_api::{Build, Context, Settings, Templates};
use domain::access::{Role, Tokens};
use domain::decider::Decider;
use domain::ids::TokenId;
use domain::views::{TOKENS, TokenView};
use engine::Meta;
use engine::ports::{Filter, Query, Secret};

use super::Opened;
use crate::config::Config;
use crate::console;

const FIRST_NAME: &str = "first administrator";
/// The same in every process, so that there is one.
const FIRST_ID: &str = "first";
/// Most tokens looked at for one that is alive.
const TOKENS_MAX: usize = 500;

/// For the network: every call needs a token.
pub fn router(opened: &Opened, config: &Config) -> Router {
    command_api::router(context(opened, config))
}

/// For this process: who can open the data directory is its administrator.
pub fn local_router(opened: &Opened, config: &Config) -> Router {
    command_api::local_router(context(opened, config))
}

/// An administrator token, if nobody has one.
pub async fn first_token(opened: &Opened, config: &Config) -> anyhow::Result<Option<Secret>> {
    if opened.home.directory().is_none() {
        return first_token_of_all(opened, config).await;
    }
    let reads = &opened.parts.reads;
    let end = *opened.parts.executor.store.end().borrow();
    engine::wait::until(&**reads, &TOKENS, end, std::time::Duration::from_secs(10)).await?;
    let tokens = reads.list(&TOKENS, &Query { limit: TOKENS_MAX, ..Query::default() }).await?;
    for row in tokens.rows {
        let token: TokenView = serde_json::from_slice(&row.doc)?;
        if token.revoked_at.is_none() && token.role == Role::Administrator {
            return Ok(None);
        }
    }
    let context = context(opened, config);
    let issued = command_api::issue_token(&context, FIRST_NAME, Role::Administrator, Meta::by("system"));
    let issued = issued.await.map_err(|problem| anyhow::anyhow!("the first token: {}", problem.code()))?;
    engine::wait::until(&**reads, &TOKENS, issued.position, std::time::Duration::from_secs(10)).await?;
    Ok(Some(issued.text))
}

/// Where several processes begin at once, and views may be filled later: the log itself says whether there ever was a
/// token, and of two who make the first one, one is refused.
async fn first_token_of_all(opened: &Opened, config: &Config) -> anyhow::Result<Option<Secret>> {
    let store = &opened.parts.executor.store;
    let (mut at, end, tokens) = (0, *store.end().borrow(), Filter::categories([Tokens::CATEGORY]));
    while at < end {
        let slice = store.read_all(at, &tokens, 1).await?;
        if !slice.events.is_empty() {
            return Ok(None);
        }
        if slice.read_to <= at {
            break;
        }
        at = slice.read_to;
    }
    let (id, context) = (TokenId::new(FIRST_ID), context(opened, config));
    let meta = Meta::by("system");
    match command_api::issue_token_as(&context, id, FIRST_NAME, Role::Administrator, meta).await {
        Ok(issued) => Ok(Some(issued.text)),
        Err(problem) if problem.code() == "ALREADY_EXISTS" => Ok(None),
        Err(problem) => Err(anyhow::anyhow!("the first token: {}", problem.code())),
    }
}

pub fn context(opened: &Opened, config: &Config) -> Context {
    let parts = &opened.parts;
    let build = Build { version: console::version(), ui: console::fingerprint().unwrap_or_default() };
    Context {
        executor: parts.executor.clone(),
        reads: parts.reads.clone(),
        vault: parts.vault.clone(),
        views: opened.views.clone(),
        apps: parts.apps.clone(),
        clock: parts.clock.clone(),
        ids: parts.ids.clone(),
        public_url: public_url(config),
        app_id: opened.installation.app_id.to_string(),
        templates: Templates::built_in(),
        hooks: opened.hooks.router(),
        settings: Settings {
            build,
            keep_deliveries_days: config.keep_deliveries_days,
            ..Settings::default()
        },
    }
}

/// As configured, else the listening address as a browser on this machine would reach it.
pub fn public_url(config: &Config) -> String {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    config.public_url.as_ref().map_or_else(|| format!("http://{address}"), ToString::to_string)
}

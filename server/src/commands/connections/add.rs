//! `connections add`.

use std::path::PathBuf;

use engine::ports::Secret;
use serde_json::{Value, json};

use crate::client::Api;
use crate::commands::show;
use crate::{output, secrets};

#[derive(clap::Args)]
pub struct Args {
    /// Address of the site, as you would type it into a browser
    #[arg(long, value_name = "URL")]
    pub site: String,
    /// User name on the site
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// File with the user's application password; `-` is standard input; asked for when absent
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// A name for it; default: the site's own
    #[arg(long)]
    pub name: Option<String>,
    /// Keep it only if its test does not fail
    #[arg(long)]
    pub only_healthy: bool,
}

pub async fn run(args: Args, api: &Api, json: bool) -> anyhow::Result<u8> {
    let secret = secrets::take(args.password_file.as_deref(), "the application password", "--password-file")?;
    let new = New {
        site: &args.site,
        user: &args.user,
        secret: &secret,
        name: args.name.as_deref(),
        only_healthy: args.only_healthy,
    };
    let added = add(&new, api).await?;
    let connection = api.show("connections", added["id"].as_str().unwrap_or_default()).await?;
    if json {
        output::say_json(&connection);
    } else {
        output::say(&format!("connected as {}", show::text(&connection["id"])));
    }
    Ok(super::stages(&connection, json))
}

/// A connection to be.
pub struct New<'a> {
    pub site: &'a str,
    pub user: &'a str,
    pub secret: &'a Secret,
    pub name: Option<&'a str>,
    /// Keep it only if its test does not fail.
    pub only_healthy: bool,
}

/// Finds the site, tests the credential, stores both.
pub async fn add(new: &New<'_>, api: &Api) -> anyhow::Result<Value> {
    let mut body = json!({
        "app": "wordpress",
        "address": new.site,
        "auth": auth(new.user, new.secret),
        "require_healthy": new.only_healthy,
    });
    if let Some(name) = new.name {
        body["name"] = name.into();
    }
    api.create("connections", &body).await
}

/// The credential, on its way to the API and nowhere else.
pub fn auth(user: &str, secret: &Secret) -> Value {
    json!({ "method": "app-password", "account": user, "secret": secret.expose() })
}

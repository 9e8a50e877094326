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
}

pub async fn run(args: Args, api: &Api, json: bool) -> anyhow::Result<u8> {
    let secret = secrets::take(args.password_file.as_deref(), "the application password", "--password-file")?;
    let connection = add(&args.site, &args.user, &secret, args.name.as_deref(), api).await?;
    let id = connection["id"].as_str().unwrap_or_default().to_owned();
    let tested = api.act("connections", &id, "test", &json!({})).await?;
    if json {
        output::say_json(&json!({ "connection": connection, "test": tested }));
    } else {
        output::say(&format!("connected as {id}"));
        tested["stages"].as_array().into_iter().flatten().for_each(|stage| output::say(&show::stage(stage)));
    }
    Ok(u8::from(tested["health"] == "failing"))
}

/// Makes the connection and stores its credential; it is not tested yet.
pub async fn add(
    site: &str,
    user: &str,
    secret: &Secret,
    name: Option<&str>,
    api: &Api,
) -> anyhow::Result<Value> {
    let mut body = json!({
        "app": "wordpress",
        "address": site,
        "auth": { "method": "app-password", "account": user, "secret": secret.expose() },
    });
    if let Some(name) = name {
        body["name"] = name.into();
    }
    api.create("connections", &body).await
}

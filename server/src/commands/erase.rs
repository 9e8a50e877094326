//! `erase`: shows what is held of a person, and with `--apply` erases it.

use serde_json::{Value, json};

use super::show::{self, Column};
use super::target::Target;
use crate::client::Api;
use crate::compose::service::Work;
use crate::config::Config;
use crate::logging::escape;
use crate::{exit, output};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    person: Person,
    /// Erase now. Without it, only what would be erased is shown
    #[arg(long)]
    apply: bool,
    /// Why; it stays in the log, so it must not name the person
    #[arg(long)]
    reason: Option<String>,
    /// Also erase content of others that names the person: whole posts, for instance
    #[arg(long)]
    mentions: bool,
    /// All erasures so far
    #[arg(long, conflicts_with_all = ["email", "record", "apply"])]
    list: bool,
    /// Let the person of this erasure come back with the next import
    #[arg(long, value_name = "ERASURE", conflicts_with_all = ["email", "record", "apply"])]
    lift: Option<String>,
}

#[derive(clap::Args)]
pub struct Person {
    /// The person's e-mail address
    #[arg(long, value_name = "ADDRESS", conflicts_with = "record")]
    email: Option<String>,
    /// A record of the person, such as `cn_8f3k2j9x0a1b2c3d.users.7`
    #[arg(long, value_name = "RECORD")]
    record: Option<String>,
}

impl Person {
    pub fn body(&self) -> anyhow::Result<Value> {
        if self.email.is_none() && self.record.is_none() {
            return Err(exit::ending(exit::USAGE, "name the person with --email or --record"));
        }
        Ok(json!({ "email": self.email, "record": self.record }))
    }
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("at", "/at"),
    ("state", "/state"),
    ("events", "/events"),
    ("actor", "/actor"),
    ("reason", "/reason"),
];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::Views).await?;
    let (api, json) = (&reached.api, args.target.json);
    let code = match (&args.lift, args.list) {
        (Some(id), _) => {
            let reason = reason(&args)?;
            show::done(&api.act("erasures", id, "lift", &json!({ "reason": reason })).await?, "lifted", json)
        }
        (None, true) => show::list(&api.list("erasures").await?, COLUMNS, json),
        (None, false) => person(api, &args, json).await?,
    };
    reached.close().await;
    Ok(code)
}

async fn person(api: &Api, args: &Args, json: bool) -> anyhow::Result<u8> {
    let mut body = args.person.body()?;
    if !args.apply {
        let held = api.create("erasures/preview", &body).await?;
        if json {
            output::say_json(&held);
        } else {
            say(&held);
            output::say("nothing was erased; to erase: the same with --apply --reason \"…\"");
        }
        return Ok(0);
    }
    body["reason"] = reason(args)?.into();
    body["mentions"] = args.mentions.into();
    let erased = api.create("erasures", &body).await?;
    if json {
        output::say_json(&erased);
    } else {
        say(&erased["held"]);
        output::say(&format!("{} erased", erased["id"].as_str().unwrap_or_default()));
        output::say("backups made before still hold it, until they expire; a restore erases it again");
    }
    Ok(0)
}

fn reason(args: &Args) -> anyhow::Result<String> {
    args.reason
        .clone()
        .ok_or_else(|| exit::ending(exit::USAGE, "say why with --reason, without naming the person"))
}

fn say(held: &Value) {
    let list = |name: &str| {
        let items = held[name].as_array().cloned().unwrap_or_default();
        let items: Vec<String> = items.iter().map(|item| escape::plain(&show::text(item))).collect();
        if items.is_empty() { "none".to_owned() } else { items.join(", ") }
    };
    output::say(&format!("people     {}", list("subjects")));
    output::say(&format!("addresses  {}", held["addresses"]));
    output::say(&format!("records    {}", list("records")));
    output::say(&format!("portal     {}", list("portal")));
    output::say(&format!("events     {}", held["events"]));
    output::say(&format!("mentions   {}", list("mentions")));
    output::say(&format!("elsewhere  {}", list("elsewhere")));
}

//! Where a setting's text comes from: flag, else environment, else file, else default. Nothing is parsed here.

use std::collections::BTreeMap;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches};

use super::ConfigError;
use super::settings::{CONFIG_ENV, Setting, all};

/// The table of the file with the settings of the cluster profile.
const CLUSTER: &str = "cluster";
/// Largest configuration file.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Text of a setting and the place it was written, for errors that name the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub text: String,
    pub place: String,
}

/// What flags and environment say. The file is read later, because its name is one of them.
#[derive(Clone, Debug, Default)]
pub struct SettingArgs {
    pub config: Option<String>,
    given: BTreeMap<&'static str, Given>,
}

impl SettingArgs {
    /// Takes the file in, where there is one; what was given by flag or environment stays.
    pub fn with_file(self) -> Result<BTreeMap<&'static str, Given>, ConfigError> {
        let mut given = self.given;
        if let Some(path) = &self.config {
            for (name, text) in read_file(Path::new(path))? {
                given.entry(name).or_insert(Given { text, place: format!("`{name}` in {path}") });
            }
        }
        for setting in all().filter(|setting| !setting.default.is_empty()) {
            given.entry(setting.name).or_insert_with(|| Given {
                text: setting.default.to_owned(),
                place: format!("the default of {}", setting.name),
            });
        }
        Ok(given)
    }
}

fn read_file(path: &Path) -> Result<Vec<(&'static str, String)>, ConfigError> {
    let place = path.display();
    let refused = |why: String| ConfigError(why);
    let length = std::fs::metadata(path)
        .map_err(|e| refused(format!("the configuration file {place} cannot be read ({e}); check the path")))?
        .len();
    if length > FILE_BYTES_MAX {
        return Err(refused(format!(
            "the configuration file {place} is larger than 1 MiB; give the right file"
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|e| {
        refused(format!("the configuration file {place} cannot be read ({e}); check its mode"))
    })?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        refused(format!("the configuration file {place} is not TOML: {}", e.to_string().replace('\n', " ")))
    })?;
    flat(table)
        .into_iter()
        .map(|(key, value)| {
            let setting = all().find(|setting| setting.name == key).ok_or_else(|| {
                refused(format!(
                    "the configuration file {place} has an unknown key `{key}`; see --help for the settings{}",
                    nearest(&key)
                ))
            })?;
            let text = plain(&value).ok_or_else(|| {
                refused(format!("`{key}` in {place} must be a text, a number, true, false or a list of texts"))
            })?;
            Ok((setting.name, text))
        })
        .collect()
}

/// What stands in `[cluster]` is named as flags and environment name it: `log_url` there is `cluster_log_url`.
fn flat(table: toml::Table) -> Vec<(String, toml::Value)> {
    let mut pairs = vec![];
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) if key == CLUSTER => {
                pairs.extend(inner.into_iter().map(|(name, value)| (format!("{CLUSTER}_{name}"), value)));
            }
            value => pairs.push((key, value)),
        }
    }
    pairs
}

/// A hint for a key that is almost right.
fn nearest(key: &str) -> String {
    let squeezed = |text: &str| text.replace(['-', '_'], "").to_lowercase();
    all()
        .find(|setting| squeezed(setting.name) == squeezed(key))
        .map_or(String::new(), |setting| format!("; did you mean `{}`?", setting.name))
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        toml::Value::Array(list) => list
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(|texts| texts.join(",")),
        _ => None,
    }
}

impl clap::Args for SettingArgs {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .env(CONFIG_ENV)
            .value_name("FILE")
            .global(true)
            .help_heading("Settings")
            .help("TOML file with any of the settings below, by their name with underscores");
        all().fold(command.arg(config), |command, setting| command.arg(argument(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn argument(setting: &Setting) -> Arg {
    let default = match setting.default {
        "" => String::new(),
        text => format!(" [default: {text}]"),
    };
    Arg::new(setting.name)
        .long(setting.flag())
        .env(setting.env)
        .value_name(setting.value)
        .global(true)
        .hide_env_values(setting.secret)
        .hide_short_help(!matches!(setting.name, "data" | "listen"))
        .help_heading(setting.heading)
        .help(format!("{}{default}", setting.help))
}

/// Arguments are visible to every process of the machine.
fn refuse_password(setting: &Setting, text: &str) -> Result<(), clap::Error> {
    if !text.contains('@') {
        return Ok(());
    }
    let why = format!(
        "--{} holds a user or a password, and arguments are visible to every process; set {} or use the configuration \
         file\n",
        setting.flag(),
        setting.env
    );
    Err(clap::Error::raw(clap::error::ErrorKind::ValueValidation, why))
}

impl FromArgMatches for SettingArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut args = Self { config: matches.get_one::<String>("config").cloned(), ..Self::default() };
        for setting in all() {
            let Some(text) = matches.get_one::<String>(setting.name) else { continue };
            let place = match matches.value_source(setting.name) {
                Some(ValueSource::EnvVariable) if text.is_empty() => continue,
                Some(ValueSource::EnvVariable) => setting.env.to_owned(),
                _ => format!("--{}", setting.flag()),
            };
            if setting.secret && matches!(matches.value_source(setting.name), Some(ValueSource::CommandLine))
            {
                refuse_password(setting, text)?;
            }
            args.given.insert(setting.name, Given { text: text.clone(), place });
        }
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

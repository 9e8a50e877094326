//! Everything a site is at one moment.

use crate::clock::Clock;
use crate::generated::Shape;
use crate::plugin::Plugin;
use crate::stamp::Stamp;
use crate::table::Table;
use crate::types::account::ApplicationPassword;
use crate::types::comment::Comment;
use crate::types::kind::{PostType, Taxonomy, core_taxonomies, core_types};
use crate::types::options::{Options, Permalinks};
use crate::types::post::Post;
use crate::types::term::Term;
use crate::types::user::User;
use chrono::NaiveDateTime;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

/// The site's rows and settings.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) types: Vec<PostType>,
    pub(crate) taxonomies: Vec<Taxonomy>,
    /// Statuses that plugins register.
    pub(crate) statuses: BTreeSet<String>,
    pub(crate) posts: Table<Post>,
    pub(crate) users: Table<User>,
    pub(crate) terms: Table<Term>,
    pub(crate) comments: Table<Comment>,
    pub(crate) passwords: Vec<ApplicationPassword>,
    /// Logins that may do everything in a network.
    pub(crate) super_admins: BTreeSet<String>,
    /// Rises with every change, so that cached lists and items can tell that they are old.
    pub(crate) revision: u64,
    /// Where the site is being served, without a trailing slash.
    pub(crate) address: String,
    pub(crate) secrets_given: u64,
    /// Portal Connector, where it is installed.
    pub(crate) plugin: Option<Plugin>,
    counted: OnceLock<Counted>,
}

/// Counts that cost a scan, valid for one revision.
#[derive(Default)]
struct Counted {
    by_term: HashMap<u64, u64>,
    published_authors: HashSet<u64>,
}

impl State {
    pub(crate) fn new(shape: Shape, clock: Clock) -> Self {
        Self {
            options: Options::default(),
            clock,
            types: core_types(),
            taxonomies: core_taxonomies(),
            statuses: BTreeSet::new(),
            posts: Table::new(shape.posts, shape),
            users: Table::new(shape.users, shape),
            terms: Table::new(0, shape),
            comments: Table::new(0, shape),
            passwords: Vec::new(),
            super_admins: BTreeSet::new(),
            revision: 0,
            address: "http://127.0.0.1".to_owned(),
            secrets_given: 0,
            plugin: None,
            counted: OnceLock::new(),
        }
    }

    /// To be called after every change.
    pub(crate) fn changed(&mut self) {
        self.revision += 1;
        self.counted = OnceLock::new();
    }

    fn counted(&self) -> &Counted {
        self.counted.get_or_init(|| {
            let mut counted = Counted::default();
            self.posts.visit(false, |_, post| {
                if post.status == "publish" {
                    counted.published_authors.insert(post.author);
                    for &term in post.terms.values().flatten() {
                        *counted.by_term.entry(term).or_default() += 1;
                    }
                }
            });
            counted
        })
    }

    pub(crate) fn now(&self) -> NaiveDateTime {
        self.clock.now()
    }

    /// Whether a visitor may see this user in the list: somebody with a published post.
    pub(crate) fn has_published(&self, user: u64) -> bool {
        self.counted().published_authors.contains(&user)
    }

    /// Published posts under this term: what `count` shows.
    pub(crate) fn term_count(&self, term: u64) -> u64 {
        self.counted().by_term.get(&term).copied().unwrap_or(0)
    }

    pub(crate) fn home(&self) -> String {
        self.options.home.clone().unwrap_or_else(|| format!("{}{}", self.address, self.options.base_path))
    }

    pub(crate) fn url(&self) -> String {
        self.options.url.clone().unwrap_or_else(|| format!("{}{}", self.address, self.options.base_path))
    }

    /// Start of a `guid`: it never follows a move.
    pub(crate) fn install_url(&self) -> String {
        self.options
            .install_url
            .clone()
            .unwrap_or_else(|| format!("{}{}", self.address, self.options.base_path))
    }

    /// What stands before a route in every link to REST.
    pub(crate) fn rest_prefix(&self) -> String {
        match self.options.permalinks {
            Permalinks::Pretty => format!("{}/wp-json", self.home()),
            Permalinks::Plain => format!("{}/index.php?rest_route=", self.home()),
        }
    }

    pub(crate) fn type_named(&self, name: &str) -> Option<&PostType> {
        self.types.iter().find(|kind| kind.name == name)
    }

    pub(crate) fn taxonomy_named(&self, name: &str) -> Option<&Taxonomy> {
        self.taxonomies.iter().find(|taxonomy| taxonomy.name == name)
    }

    /// Sets both columns of the dates of a new row; like WordPress, a new row was modified when it is dated.
    pub(crate) fn settle(&self, post: &mut Post) {
        let (now, zone) = (self.now(), self.options.zone);
        let unpublished = matches!(post.status.as_ref(), "draft" | "pending" | "auto-draft");
        let dated = post.date == Stamp::Now;
        post.date = post.date.settled(now, zone);
        if unpublished && dated {
            post.date = Stamp::Both { local: post.date.local(), gmt: None };
        }
        post.modified = match post.modified {
            Stamp::Now => match post.date {
                Stamp::Both { local, gmt } => Stamp::Both { local, gmt: gmt.or(Some(zone.gmt(local))) },
                other => other,
            },
            given => given.settled(now, zone),
        };
    }

    /// Finds a user that was put; generated ones have no accounts.
    pub(crate) fn user_by_login(&self, login: &str) -> Option<u64> {
        let mut held = self.users.held();
        let fits = |user: &User| {
            user.login.eq_ignore_ascii_case(login) || (!user.email.is_empty() && user.email == login)
        };
        held.find(|(_, user)| fits(user)).map(|(id, _)| id)
    }
}

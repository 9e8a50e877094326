//! A site of any size that is computed from the ids of its rows: a million records take no memory.

use crate::clock::model_start;
use crate::stamp::Stamp;
use crate::table::Made;
use crate::types::account::mixed;
use crate::types::comment::Comment;
use crate::types::post::Post;
use crate::types::term::Term;
use crate::types::user::User;
use chrono::{Duration, NaiveDateTime};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How large a generated site is. The same shape gives the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Users have the ids 1 to `users`.
    pub users: u64,
    /// Published posts have the ids 1 to `posts`; a later id is a later date.
    pub posts: u64,
    /// Bytes of each post's raw content, within a fifth.
    pub content_bytes: usize,
    pub seed: u64,
}

impl Shape {
    fn draw(&self, id: u64, what: u64) -> u64 {
        mixed(self.seed ^ mixed(id ^ what << 48))
    }

    fn pick<T: Copy>(&self, id: u64, what: u64, from: &[T]) -> T {
        let length = u64::try_from(from.len()).unwrap_or(1);
        from[usize::try_from(self.draw(id, what) % length).unwrap_or(0)]
    }
}

const FIRST: &[&str] = &[
    "Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lena",
    "Milan", "Nora", "Oskar", "Paula", "Quentin", "Rosa", "Sven", "Tara", "Umar", "Vera", "Willem", "Xenia",
    "Yusuf", "Zora",
];
const LAST: &[&str] = &[
    "Almeida",
    "Becker",
    "Costa",
    "Dahl",
    "Eriksen",
    "Fischer",
    "Grant",
    "Horvat",
    "Ivanova",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Nowak",
    "Okafor",
    "Petrov",
    "Quinn",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Usman",
    "Vogel",
    "Weber",
    "Yilmaz",
    "Zhang",
    "Brandt",
];
const SENTENCES: &[&str] = &[
    "The ferry leaves before the market opens, and nobody minds the wait.",
    "On the third day the wind turned and the whole harbour smelled of tar and oranges.",
    "She kept the ledger in pencil so that it could be corrected in the spring.",
    "There is a bakery behind the customs house which sells out by nine.",
    "Most visitors walk past the door twice before they notice the small brass sign.",
    "The recipe asks for patience, two lemons and a pan that has seen better years.",
    "When the road was widened, the old trees were moved and, to general surprise, lived.",
    "A good map tells you where you are; a better one tells you where you need not go.",
    "He measured the light rather than the room, and the room looked larger for it.",
    "By evening the square was full again and the band had found its missing drummer.",
];

impl Made for Post {
    fn outline(shape: &Shape, id: u64) -> Self {
        let date = minutes_before_start(shape.posts.saturating_sub(id) * 7 + 60);
        Self {
            id,
            author: 1 + shape.draw(id, 1) % shape.users.max(1),
            date: Stamp::Both { local: date, gmt: Some(date) },
            modified: Stamp::Both { local: date, gmt: Some(date) },
            ..Self::default()
        }
    }

    fn whole(shape: &Shape, id: u64) -> Self {
        let mut post = Self::outline(shape, id);
        let about = shape.pick(id, 2, LAST);
        post.title = format!("Notes from {about}, part {id}");
        post.slug = format!("notes-from-{}-part-{id}", about.to_lowercase());
        post.content = prose(shape, id);
        post.terms = BTreeMap::from([("category".to_owned(), vec![1 + shape.draw(id, 3) % CATEGORIES])]);
        post
    }
}

impl Made for User {
    fn outline(shape: &Shape, id: u64) -> Self {
        let registered = minutes_before_start(shape.users.saturating_sub(id) * 11 + 60);
        let role = if id % 50 == 1 { "author" } else { "subscriber" };
        Self {
            id,
            registered: Stamp::Both { local: registered, gmt: Some(registered) },
            roles: vec![role.to_owned()],
            ..Self::default()
        }
    }

    fn whole(shape: &Shape, id: u64) -> Self {
        let mut user = Self::outline(shape, id);
        let (first, last) = (shape.pick(id, 4, FIRST), shape.pick(id, 5, LAST));
        user.login = format!("{}{id}", first.to_lowercase());
        user.email = format!("{}.{}{id}@example.org", first.to_lowercase(), last.to_lowercase());
        user.name = format!("{first} {last}");
        first.clone_into(&mut user.first_name);
        last.clone_into(&mut user.last_name);
        user.slug.clone_from(&user.login);
        user.nickname.clone_from(&user.login);
        SENTENCES[usize::try_from(id % 10).unwrap_or(0)].clone_into(&mut user.description);
        user
    }
}

impl Made for Term {
    fn outline(_: &Shape, id: u64) -> Self {
        Self { id, ..Self::default() }
    }

    fn whole(shape: &Shape, id: u64) -> Self {
        Self::outline(shape, id)
    }
}

impl Made for Comment {
    fn outline(_: &Shape, id: u64) -> Self {
        Self { id, ..Self::default() }
    }

    fn whole(shape: &Shape, id: u64) -> Self {
        Self::outline(shape, id)
    }
}

/// Categories of a generated site, ids from 1.
pub(crate) const CATEGORIES: u64 = 8;

/// Paragraph blocks, within a fifth of the size that was asked for.
fn prose(shape: &Shape, id: u64) -> String {
    let fifth = u64::try_from(shape.content_bytes / 5).unwrap_or(0).max(1);
    let wanted = shape.content_bytes - shape.content_bytes / 5
        + usize::try_from(shape.draw(id, 6) % (fifth * 2)).unwrap_or(0);
    let mut text = String::with_capacity(wanted + 200);
    let mut at = usize::try_from(shape.draw(id, 7) % 10).unwrap_or(0);
    while text.len() < wanted {
        let (one, two) = (SENTENCES[at % 10], SENTENCES[(at * 3 + 1) % 10]);
        let _written = write!(text, "<!-- wp:paragraph -->\n<p>{one} {two}</p>\n<!-- /wp:paragraph -->\n\n");
        at += 1;
    }
    text.truncate(text.trim_end().len());
    text
}

fn minutes_before_start(minutes: u64) -> NaiveDateTime {
    model_start() - Duration::minutes(i64::try_from(minutes).unwrap_or(0))
}

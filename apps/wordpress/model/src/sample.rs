//! The sample site: a small magazine about a harbour town, with some records as awkward as real ones.

mod people;
mod stories;

use crate::site::Site;
use crate::stamp::Stamp;
use crate::types::comment::Comment;
use crate::types::post::{MediaFile, Post};
use crate::types::term::Term;
use crate::zone::Zone;
use chrono::{Duration, NaiveDateTime};
use serde_json::json;
use std::borrow::Cow;

/// Login of the sample site's administrator.
pub const SAMPLE_LOGIN: &str = "portal";
/// Application password of [`SAMPLE_LOGIN`]; the spaces do not matter.
pub const SAMPLE_PASSWORD: &str = "abcd EFGH 1234 ijkl MNOP 5678";

const CATEGORIES: &[&str] = &["Harbour", "Kitchen", "Walks", "People", "Workshop", "Letters &amp; Notes"];
const TAGS: &[&str] =
    &["autumn", "boats", "bread", "craft", "winter", "map", "interview", "recipe", "market", "sea"];
const PAGES: &[&str] = &["About us", "Contact", "Advertise", "Imprint", "The printed issue", "Back issues"];

impl Site {
    /// The sample site as of the model's own time; the administrator is [`SAMPLE_LOGIN`].
    pub fn sample() -> Self {
        let site = Self::empty();
        site.fill_with_sample();
        site
    }

    /// The sample site as of this UTC time, so that its latest stories are fresh and its scheduled one is still due.
    pub fn sample_at(now: NaiveDateTime) -> Self {
        let site = Self::empty();
        site.set_now(now);
        site.fill_with_sample();
        site
    }

    fn fill_with_sample(&self) {
        self.configure(|options| {
            "Harbour &amp; Hearth".clone_into(&mut options.name);
            "Stories from a town by the sea".clone_into(&mut options.description);
            options.zone = Zone::parse("Europe/Berlin").unwrap_or(Zone::Offset(0));
        });
        people::fill(self);
        self.add_account(SAMPLE_LOGIN, SAMPLE_PASSWORD, "administrator");
        terms(self);
        media(self);
        stories::fill(self);
        pages(self);
        comments(self);
        awkward(self);
    }

    pub(crate) fn ago(&self, days: i64, minutes: i64) -> Stamp {
        Stamp::Utc(self.now() - Duration::days(days) - Duration::minutes(minutes))
    }
}

fn terms(site: &Site) {
    for name in CATEGORIES {
        site.put_term(Term {
            description: format!("Everything about {name}."),
            ..Term::named("category", name)
        });
    }
    for name in TAGS {
        site.put_term(Term::named("post_tag", name));
    }
    site.put_term(Term { parent: 2, ..Term::named("category", "Baking") });
}

fn media(site: &Site) {
    for (place, name) in
        (1_i64..).zip(["Ferry at dawn", "Lemon tart", "Old chart", "Rope maker", "Market hall", "Frost"])
    {
        let path = format!("2026/01/{}.jpg", crate::types::post::slug_of(name));
        let bytes = 180_000 + place.unsigned_abs() * 17_431;
        let file = MediaFile {
            path,
            mime_type: "image/jpeg".to_owned(),
            width: 1600,
            height: 1067,
            bytes,
            alt_text: format!("{name}, photographed for the magazine"),
            caption: String::new(),
        };
        site.put_post(Post { date: site.ago(60, place * 31), author: 3, ..Post::media(name, file) });
    }
    let file = MediaFile {
        path: "2026/01/rate-card.pdf".to_owned(),
        mime_type: "application/pdf".to_owned(),
        bytes: 93_112,
        ..MediaFile::default()
    };
    site.put_post(Post { date: site.ago(58, 0), author: 2, ..Post::media("Rate card", file) });
}

fn pages(site: &Site) {
    for (place, title) in (0_i64..).zip(PAGES) {
        let content =
            format!("<!-- wp:paragraph -->\n<p>{title}: all there is to know.</p>\n<!-- /wp:paragraph -->");
        let page = Post {
            content,
            author: 2,
            menu_order: place,
            date: site.ago(300, place * 90),
            ..Post::page(title)
        };
        site.put_post(page);
    }
}

fn comments(site: &Site) {
    let said = [
        ("Ragna", "ragna@example.org", "We tried this on Sunday and there was nothing left on Monday."),
        ("An old reader", "", "The third picture shows the **other** quay, I am quite sure."),
        ("Tomás", "tomas@example.net", "Thank you! My grandmother rowed that ferry 🚣."),
        ("Ines", "ines@example.com", "Could you print the recipe larger?"),
        ("Bo", "bo@example.org", "I walked it in the rain. Recommended anyway."),
    ];
    for place in 0..22_u64 {
        let (name, email, text) = said[usize::try_from(place % 5).unwrap_or(0)];
        let status = match place {
            7 => "hold",
            13 => "spam",
            _ => "approved",
        };
        site.put_comment(Comment {
            post: 8 + place * 2,
            author_name: name.to_owned(),
            author_email: email.to_owned(),
            content: text.to_owned(),
            date: site.ago(i64::try_from(place).unwrap_or(0), 45),
            status: status.to_owned(),
            ..Comment::default()
        });
    }
}

/// Records such as every old site has: each is a case that an import must survive.
fn awkward(site: &Site) {
    let story = |title: &str, days: i64| Post {
        date: site.ago(days, 17),
        author: 2,
        content: "<!-- wp:paragraph -->\n<p>A short one.</p>\n<!-- /wp:paragraph -->".to_owned(),
        ..Post::titled(title)
    };
    let with_status = |title: &str, status: &'static str, days: i64| Post {
        status: Cow::Borrowed(status),
        ..story(title, days)
    };
    site.put_post(story("Salt & \"pepper\" &mdash; a quarrel", 40));
    site.put_post(story("Regatta day 🎈⛵", 33));
    site.put_post(Post { author: 0, ..story("Found in the archive", 900) });
    site.put_post(Post { author: 4711, ..story("By somebody who left", 700) });
    site.put_post(with_status("Next week's market", "future", -7));
    site.put_post(Post { date: Stamp::Now, ..with_status("Notes for spring", "draft", 0) });
    site.put_post(with_status("To be read by the editor", "pending", 2));
    site.put_post(with_status("Salaries", "private", 20));
    let id = site.put_post(story("A story withdrawn", 50));
    site.trash(id);
    site.put_post(Post { date: Stamp::Zero, modified: Stamp::Zero, ..story("Imported without a date", 0) });
    site.put_post(Post { password: "oysters".to_owned(), ..story("For subscribers", 12) });
    site.put_post(Post { slug: "untitled".to_owned(), ..story("", 15) });
    let mut scripted = story("The embedded widget", 25);
    "<p onclick=\"x()\">Before</p><script>alert(1)</script><iframe src=\"https://example.org\"></iframe>"
        .clone_into(&mut scripted.content);
    scripted.meta.insert("_reading_minutes".to_owned(), json!(3));
    scripted.extra.insert("acf".to_owned(), json!({"subtitle": "A widget", "rating": 4}));
    site.put_post(scripted);
}

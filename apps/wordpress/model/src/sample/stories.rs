//! The stories of the magazine.

use crate::site::Site;
use crate::types::post::Post;
use std::collections::BTreeMap;

const TITLES: &[&str] = &[
    "The last ferry before the storm",
    "Bread that waits for nobody",
    "A walk around the old wall",
    "Who paints the boats?",
    "Lemon tart, twice",
    "The rope maker's apprentice",
    "Reading the tide tables",
    "A kitchen without a clock",
    "Nine benches with a view",
    "The woman who mends sails",
    "What the lighthouse knows",
    "Soup for forty",
    "Along the railway that never was",
    "A letter from the island",
    "The market in the rain",
    "How to sharpen a plane",
    "Pickles, a defence",
    "The captain's three maps",
    "Night shift at the fish hall",
    "A bicycle for every errand",
    "The orchard behind the school",
    "Salted butter and other luxuries",
    "Where the river gives up",
    "The clockmaker’s window",
    "Frost on the slipway",
    "A pie for the harbour master",
    "The quiet end of the beach",
    "Twelve knots you will use",
    "Coffee with the ferrywoman",
    "The house that moved",
    "An afternoon in the archive",
    "Mussels, and when to leave them",
    "The longest staircase in town",
    "A violin from driftwood",
    "Jam season",
    "Across the sands with a guide",
    "The baker's bicycle",
    "What we found under the floor",
    "The swimmers of January",
    "A guide to honest soap",
    "Gulls: a reconciliation",
    "The film club in the boat shed",
    "Plums",
    "The street that floods",
    "Two brothers, one net",
];
const PROSE: &[&str] = &[
    "The ferry leaves before the market opens, and nobody minds the wait.",
    "There is a bakery behind the customs house which sells out by nine.",
    "She kept the ledger in pencil so that it could be corrected in the spring.",
    "On the third day the wind turned, and the whole harbour smelled of tar and oranges.",
    "Most visitors walk past the door twice before they notice the small brass sign.",
    "A good map tells you where you are; a better one tells you where you need not go.",
    "The recipe asks for patience, two lemons and a pan that has seen better years.",
    "By evening the square was full again, and the band had found its missing drummer.",
];

pub(super) fn fill(site: &Site) {
    for (place, title) in (0_u64..).zip(TITLES) {
        let days = i64::try_from(TITLES.len()).unwrap_or(0) * 5 - i64::try_from(place).unwrap_or(0) * 5;
        site.put_post(Post {
            content: content(place),
            excerpt: if place % 4 == 0 { format!("In this issue: {title}.") } else { String::new() },
            author: 2 + place % 5,
            date: site.ago(days, 13),
            featured_media: if place % 3 == 0 { 1 + place % 6 } else { 0 },
            sticky: place == 44,
            terms: BTreeMap::from([
                ("category".to_owned(), vec![1 + place % 6]),
                ("post_tag".to_owned(), vec![7 + place % 10, 7 + (place * 3 + 1) % 10]),
            ]),
            ..Post::titled(title)
        });
    }
}

fn content(place: u64) -> String {
    let sentence = |at: u64| PROSE[usize::try_from(at % 8).unwrap_or(0)];
    let paragraphs: Vec<String> = (0..3 + place % 4)
        .map(|at| {
            let text = format!("{} {}", sentence(place + at), sentence(place * 3 + at * 5 + 1));
            format!("<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->")
        })
        .collect();
    paragraphs.join("\n\n")
}

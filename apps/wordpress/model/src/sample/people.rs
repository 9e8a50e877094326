//! Those who write for the magazine, and those who read it.

use crate::site::Site;
use crate::stamp::Stamp;
use crate::types::user::User;

/// Display name, login, e-mail, roles (with commas).
const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("Portal Import", "portal", "portal@harbour.example", "administrator"),
    ("Marta Lindqvist", "marta", "marta@harbour.example", "editor"),
    ("Jonas Okafor", "jonas", "jonas@harbour.example", "author"),
    ("Élodie Moreau", "elodie", "elodie@harbour.example", "author"),
    ("Tomasz Nowak", "tomasz", "tomasz@harbour.example", "author"),
    ("Yuki Tanaka", "yuki", "yuki@harbour.example", "author,shop_manager"),
    ("Greta Almeida", "greta", "greta@harbour.example", "contributor"),
    ("Hugo Petrov", "hugo", "hugo@harbour.example", "contributor"),
    ("Rosa Vogel", "rosa", "rosa.vogel@example.org", "subscriber"),
    ("Anders Dahl", "anders", "anders.dahl@example.org", "subscriber"),
    ("Ines Costa", "ines", "ines.costa@example.com", "subscriber"),
    ("Farid Usman", "farid", "farid.usman@example.com", "subscriber"),
    ("Lena Brandt", "lena", "lena+magazine@example.org", "subscriber"),
    ("Quentin O'Hara", "quentin", "quentin.ohara@example.net", "subscriber"),
    ("Zoë Schmidt-Keller", "zoe", "zoe@example.net", "subscriber"),
    ("Милан Иванов", "milan", "milan@example.org", "subscriber"),
    ("Paula Weber", "paula", "paula.weber@example.org", "subscriber"),
    // Addresses that differ by case only.
    ("Pat Grant", "patgrant", "Pat.Grant@example.org", "subscriber"),
    ("Patrick Grant", "patgrant2", "pat.grant@example.org", "subscriber"),
    // No address at all: possible through imports.
    ("Letters Desk", "letters", "", "subscriber"),
    // No role: removed from the site, the account stays.
    ("Former Intern", "intern", "intern@example.org", ""),
    ("Bo", "bo", "bo@example.org", "subscriber"),
    ("O. & C. Rossi", "rossi", "rossi@example.it", "subscriber"),
    ("Nora Eriksen ⛵", "nora", "nora@example.no", "subscriber"),
];

pub(super) fn fill(site: &Site) {
    for (place, (name, login, email, roles)) in (0_i64..).zip(PEOPLE) {
        let mut user = User::named(login, name, email);
        user.roles = roles.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect();
        user.registered =
            if *login == "letters" { Stamp::Zero } else { site.ago(1200 - place * 41, place * 7) };
        if place < 8 {
            user.description = format!("{name} has been with the magazine since its first issue.");
        }
        if *login == "milan" {
            "bg_BG".clone_into(&mut user.locale);
        }
        site.put_user(user);
    }
}

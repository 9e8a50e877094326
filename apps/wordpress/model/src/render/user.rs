//! Users: few fields for everybody, all of them in `context=edit`.

use crate::json::Object;
use crate::render::Render;
use crate::types::account::mixed;
use crate::types::role;
use crate::types::user::User;

pub(crate) fn user(out: &mut Vec<u8>, render: &Render<'_>, id: u64, user: &User) {
    Object::write(out, render.fields, |item| {
        item.number("id", id);
        if render.edit {
            item.text("username", &user.login);
        }
        item.text("name", &user.name);
        if render.edit {
            item.text("first_name", &user.first_name);
            item.text("last_name", &user.last_name);
            item.text("email", &user.email);
        }
        item.text("url", &user.url);
        item.text("description", &user.description);
        item.text_with("link", || format!("{}/author/{}/", render.home, user.slug));
        if render.edit {
            private(item, user);
        }
        item.text("slug", &user.slug);
        if render.edit {
            rights(item, user);
        }
        item.object("avatar_urls", |sizes| avatars(sizes, id));
        item.map("meta", &user.meta);
        for (name, value) in &user.extra {
            item.value(name, value);
        }
        item.object("_links", |links| {
            links.listed("self", |link| {
                link.text_with("href", || format!("{}/wp/v2/users/{id}", render.prefix));
                if render.edit {
                    link.raw("targetHints", br#"{"allow":["GET","POST","PUT","PATCH","DELETE"]}"#);
                }
            });
            render.link(links, "collection", "/wp/v2/users");
        });
    });
}

fn private(item: &mut Object<'_>, user: &User) {
    item.text("locale", if user.locale.is_empty() { "en_US" } else { &user.locale });
    item.text("nickname", &user.nickname);
}

fn rights(item: &mut Object<'_>, user: &User) {
    item.value("roles", &user.roles.iter().map(String::as_str).collect());
    item.text_with("registered_date", || {
        let moment = user.registered.local();
        if moment == crate::stamp::zero() {
            // Users print one digit less of the year than posts do.
            return "-001-11-30T00:00:00+00:00".to_owned();
        }
        match user.registered {
            crate::stamp::Stamp::Both { gmt: Some(gmt), .. } => format!("{}+00:00", crate::stamp::text(gmt)),
            _ => format!("{}+00:00", crate::stamp::text(moment)),
        }
    });
    item.object("capabilities", |caps| {
        for capability in user.roles.iter().flat_map(|role| role::capabilities(role)) {
            caps.flag(capability, true);
        }
        for role in &user.roles {
            caps.flag(role, true);
        }
    });
    item.object("extra_capabilities", |caps| {
        for role in &user.roles {
            caps.flag(role, true);
        }
    });
}

fn avatars(sizes: &mut Object<'_>, id: u64) {
    for size in [24, 48, 96] {
        sizes.text_with(&size.to_string(), || {
            let (one, two) = (mixed(id), mixed(id ^ 0xface));
            format!("https://secure.gravatar.com/avatar/{one:016x}{two:016x}?s={size}&d=mm&r=g")
        });
    }
}

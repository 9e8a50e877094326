//! Posts, pages and custom types.

use crate::json::Object;
use crate::render::{Render, date, media, texture};
use crate::types::post::Post;

pub(crate) fn post(out: &mut Vec<u8>, render: &Render<'_>, id: u64, post: &Post) {
    if post.kind == "attachment" {
        return media::media(out, render, id, post);
    }
    Object::write(out, render.fields, |item| {
        head(item, render, id, post);
        if render.edit && !post.password.is_empty() {
            item.text("password", &post.password);
        }
        title(item, render, post);
        let hidden = !post.password.is_empty() && !render.edit;
        item.object("content", |content| {
            if render.edit {
                content.text("raw", &post.content);
            }
            content.text_with("rendered", || {
                if hidden { String::new() } else { texture::content(&post.content) }
            });
            content.flag("protected", !post.password.is_empty());
        });
        item.object("excerpt", |excerpt| {
            if render.edit {
                excerpt.text("raw", &post.excerpt);
            }
            excerpt.text_with("rendered", || {
                if hidden { String::new() } else { texture::excerpt(&post.excerpt, &post.content) }
            });
            excerpt.flag("protected", !post.password.is_empty());
        });
        item.number("author", post.author);
        item.number("featured_media", post.featured_media);
        tail(item, render, post);
        terms(item, render, post);
        for (name, value) in &post.extra {
            item.value(name, value);
        }
        item.object("_links", |links| links_of(links, render, id, post));
    });
}

/// The fields that posts and media share up to the type.
pub(crate) fn head(item: &mut Object<'_>, render: &Render<'_>, id: u64, post: &Post) {
    let zone = render.state.options.zone;
    item.number("id", id);
    date(item, "date", post.date.local());
    date(item, "date_gmt", post.date.gmt(zone));
    item.object("guid", |guid| {
        let address = || format!("{}/?p={id}", render.install_url);
        guid.text_with("rendered", address);
        if render.edit {
            guid.text_with("raw", address);
        }
    });
    date(item, "modified", post.modified.local());
    date(item, "modified_gmt", post.modified.gmt(zone));
    item.text("slug", &post.slug);
    item.text("status", &post.status);
    item.text("type", &post.kind);
    item.text_with("link", || link(render, id, post));
}

pub(crate) fn title(item: &mut Object<'_>, render: &Render<'_>, post: &Post) {
    item.object("title", |title| {
        if render.edit {
            title.text("raw", &post.title);
        }
        title.text_with("rendered", || {
            match (render.edit, post.status == "private", post.password.is_empty()) {
                (false, true, _) => format!("Private: {}", texture::title(&post.title)),
                (false, _, false) => format!("Protected: {}", texture::title(&post.title)),
                _ => texture::title(&post.title),
            }
        });
    });
}

fn tail(item: &mut Object<'_>, render: &Render<'_>, post: &Post) {
    let hierarchical = render.state.type_named(&post.kind).is_some_and(|kind| kind.hierarchical);
    if hierarchical {
        item.number("parent", post.parent);
        item.value("menu_order", &post.menu_order.into());
    }
    let open = if post.comments_open { "open" } else { "closed" };
    item.text("comment_status", open);
    item.text("ping_status", open);
    if post.kind == "post" {
        item.flag("sticky", post.sticky);
    }
    item.text("template", &post.template);
    if post.kind == "post" {
        item.text("format", &post.format);
    }
    item.map("meta", &post.meta);
}

fn terms(item: &mut Object<'_>, render: &Render<'_>, post: &Post) {
    let Some(kind) = render.state.type_named(&post.kind) else { return };
    for name in &kind.taxonomies {
        if let Some(taxonomy) = render.state.taxonomy_named(name) {
            item.numbers(&taxonomy.rest_base, post.terms.get(name).map_or(&[], Vec::as_slice));
        }
    }
    if render.edit {
        let template = if post.kind == "page" { "%pagename%" } else { "%year%/%monthnum%/%day%/%postname%" };
        item.text_with("permalink_template", || format!("{}/{template}/", render.home));
        item.text("generated_slug", &post.slug);
    }
}

fn link(render: &Render<'_>, id: u64, post: &Post) -> String {
    let home = &render.home;
    let plain = render.state.options.permalinks == crate::types::options::Permalinks::Plain;
    if plain || !matches!(post.status.as_ref(), "publish" | "private" | "inherit") {
        let name = if post.kind == "page" { "page_id" } else { "p" };
        return format!("{home}/?{name}={id}");
    }
    match post.kind.as_ref() {
        "post" => {
            let date = crate::stamp::text(post.date.local());
            let day = date.split('T').next().unwrap_or("").replace('-', "/");
            format!("{home}/{day}/{}/", post.slug)
        }
        "page" | "attachment" => format!("{home}/{}/", post.slug),
        custom => format!("{home}/{custom}/{}/", post.slug),
    }
}

fn links_of(links: &mut Object<'_>, render: &Render<'_>, id: u64, post: &Post) {
    let base = render.state.type_named(&post.kind).map_or("posts", |kind| kind.rest_base.as_str());
    links.listed("self", |link| {
        link.text_with("href", || format!("{}/wp/v2/{base}/{id}", render.prefix));
        if render.edit {
            link.raw("targetHints", br#"{"allow":["GET","POST","PUT","PATCH","DELETE"]}"#);
        }
    });
    render.link(links, "collection", &format!("/wp/v2/{base}"));
    render.link(links, "about", &format!("/wp/v2/types/{}", post.kind));
    if post.author != 0 {
        links.listed("author", |link| {
            link.flag("embeddable", true);
            link.text_with("href", || format!("{}/wp/v2/users/{}", render.prefix, post.author));
        });
    }
    links.listed("replies", |link| {
        link.flag("embeddable", true);
        link.text_with("href", || format!("{}/wp/v2/comments?post={id}", render.prefix));
    });
    render.link(links, "wp:attachment", &format!("/wp/v2/media?parent={id}"));
    links.raw("curies", br#"[{"name":"wp","href":"https:\/\/api.w.org\/{rel}","templated":true}]"#);
}

//! Media files: like posts, without content, with a file.

use crate::json::Object;
use crate::render::{Render, post, texture};
use crate::types::post::{MediaFile, Post};
use serde_json::json;

pub(crate) fn media(out: &mut Vec<u8>, render: &Render<'_>, id: u64, row: &Post) {
    let none = MediaFile::default();
    let file = row.file.as_ref().unwrap_or(&none);
    Object::write(out, render.fields, |item| {
        post::head(item, render, id, row);
        post::title(item, render, row);
        item.number("author", row.author);
        item.number("featured_media", 0);
        item.text("comment_status", if row.comments_open { "open" } else { "closed" });
        item.text("ping_status", "closed");
        item.text("template", "");
        item.map("meta", &row.meta);
        texts(item, render, "description", &row.content);
        texts(item, render, "caption", &file.caption);
        item.text("alt_text", &file.alt_text);
        item.text("media_type", if file.mime_type.starts_with("image/") { "image" } else { "file" });
        item.text("mime_type", &file.mime_type);
        details(item, render, file);
        item.value("post", &if row.parent == 0 { json!(null) } else { json!(row.parent) });
        item.text_with("source_url", || source(render, file));
        if render.edit {
            item.raw("missing_image_sizes", b"[]");
        }
        for (name, value) in &row.extra {
            item.value(name, value);
        }
        item.object("_links", |links| {
            render.link(links, "self", &format!("/wp/v2/media/{id}"));
            render.link(links, "collection", "/wp/v2/media");
            render.link(links, "about", "/wp/v2/types/attachment");
            render.link(links, "author", &format!("/wp/v2/users/{}", row.author));
            render.link(links, "replies", &format!("/wp/v2/comments?post={id}"));
        });
    });
}

fn texts(item: &mut Object<'_>, render: &Render<'_>, key: &str, raw: &str) {
    item.object(key, |part| {
        if render.edit {
            part.text("raw", raw);
        }
        part.text_with("rendered", || texture::content(raw));
    });
}

fn details(item: &mut Object<'_>, render: &Render<'_>, file: &MediaFile) {
    item.object("media_details", |details| {
        if file.mime_type.starts_with("image/") {
            details.number("width", file.width);
            details.number("height", file.height);
            details.text("file", &file.path);
        }
        details.number("filesize", file.bytes);
        details.object("sizes", |sizes| {
            if file.mime_type.starts_with("image/") {
                sizes.object("full", |full| {
                    full.text("file", file.path.rsplit('/').next().unwrap_or(&file.path));
                    full.number("width", file.width);
                    full.number("height", file.height);
                    full.text("mime_type", &file.mime_type);
                    full.text_with("source_url", || source(render, file));
                });
            }
        });
    });
}

fn source(render: &Render<'_>, file: &MediaFile) -> String {
    if file.path.contains("://") {
        file.path.clone()
    } else {
        format!("{}/wp-content/uploads/{}", render.home, file.path)
    }
}

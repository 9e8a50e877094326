//! Comments; what visitors typed about themselves shows in `context=edit` only.

use crate::json::Object;
use crate::render::{Render, date, texture};
use crate::types::account::mixed;
use crate::types::comment::Comment;

pub(crate) fn comment(out: &mut Vec<u8>, render: &Render<'_>, comment: &Comment) {
    let zone = render.state.options.zone;
    Object::write(out, render.fields, |item| {
        item.number("id", comment.id);
        item.number("post", comment.post);
        item.number("parent", comment.parent);
        item.number("author", comment.author);
        item.text("author_name", &comment.author_name);
        if render.edit {
            item.text("author_email", &comment.author_email);
        }
        item.text("author_url", &comment.author_url);
        if render.edit {
            item.text("author_ip", &comment.author_ip);
            item.text(
                "author_user_agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            );
        }
        date(item, "date", comment.date.local());
        date(item, "date_gmt", comment.date.gmt(zone));
        item.object("content", |content| {
            content.text_with("rendered", || texture::content(&comment.content));
            if render.edit {
                content.text("raw", &comment.content);
            }
        });
        item.text_with("link", || format!("{}/?p={}#comment-{}", render.home, comment.post, comment.id));
        item.text("status", &comment.status);
        item.text("type", "comment");
        item.object("author_avatar_urls", |sizes| {
            sizes.text_with("96", || {
                format!("https://secure.gravatar.com/avatar/{:016x}?s=96", mixed(comment.id))
            });
        });
        item.map("meta", &comment.meta);
        item.object("_links", |links| {
            render.link(links, "self", &format!("/wp/v2/comments/{}", comment.id));
            render.link(links, "collection", "/wp/v2/comments");
            render.link(links, "up", &format!("/wp/v2/posts/{}", comment.post));
        });
    });
}

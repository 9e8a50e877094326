//! Terms of every taxonomy.

use crate::json::Object;
use crate::render::Render;
use crate::types::kind::Taxonomy;
use crate::types::term::Term;

pub(crate) fn term(out: &mut Vec<u8>, render: &Render<'_>, taxonomy: &Taxonomy, term: &Term) {
    Object::write(out, render.fields, |item| {
        item.number("id", term.id);
        item.number("count", render.state.term_count(term.id));
        item.text("description", &term.description);
        item.text_with("link", || {
            let base = if term.taxonomy == "post_tag" { "tag" } else { &term.taxonomy };
            format!("{}/{base}/{}/", render.home, term.slug)
        });
        item.text("name", &term.name);
        item.text("slug", &term.slug);
        item.text("taxonomy", &term.taxonomy);
        if taxonomy.hierarchical {
            item.number("parent", term.parent);
        }
        item.map("meta", &term.meta);
        item.object("_links", |links| {
            render.link(links, "self", &format!("/wp/v2/{}/{}", taxonomy.rest_base, term.id));
            render.link(links, "collection", &format!("/wp/v2/{}", taxonomy.rest_base));
            render.link(links, "about", &format!("/wp/v2/taxonomies/{}", taxonomy.name));
        });
    });
}

//! `_fields`: which parts of an item were asked for; nested with dots since WordPress 5.3.

use std::collections::BTreeMap;

/// A tree of wanted fields; a node without children stands for everything below it.
#[derive(Debug, Default)]
pub(crate) struct FieldTree(BTreeMap<String, FieldTree>);

/// What is wanted of one object.
#[derive(Clone, Copy)]
pub(crate) enum Fields<'f> {
    All,
    Some(&'f FieldTree),
}

impl FieldTree {
    /// Reads `id,title.raw,_links`; none when nothing was asked for, which means all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut tree = Self::default();
        for path in text.split(',').map(str::trim).filter(|path| !path.is_empty()) {
            tree.add(path);
        }
        (!tree.0.is_empty()).then_some(tree)
    }

    fn add(&mut self, path: &str) {
        let mut node = self;
        let mut fresh = true;
        for part in path.split('.') {
            // A wider wish, `title`, swallows a narrower one, `title.raw`.
            if !fresh && node.0.is_empty() {
                return;
            }
            fresh = !node.0.contains_key(part);
            node = node.0.entry(part.to_owned()).or_default();
        }
        node.0.clear();
    }
}

impl<'f> Fields<'f> {
    pub(crate) fn of(tree: Option<&'f FieldTree>) -> Self {
        tree.map_or(Self::All, Self::Some)
    }

    pub(crate) fn wants(self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(tree) => tree.0.contains_key(key),
        }
    }

    pub(crate) fn below(self, key: &str) -> Self {
        match self {
            Self::All => Self::All,
            Self::Some(tree) => match tree.0.get(key) {
                Some(node) if !node.0.is_empty() => Self::Some(node),
                _ => Self::All,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_wish_takes_one_part_and_a_wide_wish_takes_all() {
        let tree = FieldTree::parse("id,title.raw,content.raw,content").unwrap();
        let fields = Fields::of(Some(&tree));
        assert!(fields.wants("id") && fields.wants("title") && !fields.wants("slug"));
        assert!(fields.below("title").wants("raw") && !fields.below("title").wants("rendered"));
        assert!(fields.below("content").wants("rendered"));
    }
}

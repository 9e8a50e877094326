//! Plain tables for people. What a site wrote is shown as one line of plain text, whatever it holds.

use crate::logging::escape;

/// Widest column, in characters.
const WIDTH_MAX: usize = 60;

pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: impl IntoIterator<Item = &'static str>) -> Self {
        Self { head: head.into_iter().collect(), rows: vec![] }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| fit(&cell)).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn print(&self) {
        self.lines().iter().for_each(|line| super::say(line));
    }

    fn lines(&self) -> Vec<String> {
        let head: Vec<String> = self.head.iter().map(|cell| cell.to_uppercase()).collect();
        let all = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| {
            all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        all()
            .map(|row| {
                let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
                cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            })
            .collect()
    }
}

fn fit(text: &str) -> String {
    let plain = escape::plain(text);
    if plain.chars().count() <= WIDTH_MAX {
        return plain;
    }
    plain.chars().take(WIDTH_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_076_a_cell_cannot_paint_the_terminal() {
        let mut table = Table::new(["name", "site"]);
        table.row(["\x1b[31mred".to_owned(), "x".repeat(200)]);
        let lines = table.lines();
        assert_eq!(lines[0], "NAME           SITE");
        assert!(!lines[1].contains('\x1b') && lines[1].ends_with('…'));
    }
}

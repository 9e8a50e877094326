//! Reads a parsed condition: which fields it mentions, and that it holds nothing unknown, endless or explosive.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue};
use regex::RegexBuilder;
use serde_json::Value;

use crate::problem::Rejection;

/// Deepest nesting of an expression.
const DEPTH_MAX: usize = 64;
/// Most `all`, `exists` and `exists_one`.
const LOOPS_MAX: usize = 8;
/// Most additions; each may copy a text.
const ADDITIONS_MAX: usize = 16;
/// Largest compiled pattern, in bytes.
const AUTOMATON_BYTES_MAX: usize = 64 * 1024;

const ROOTS: [&str; 2] = ["record", "item"];
const FUNCTIONS: [&str; 12] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "dyn",
    "type",
];

/// What a condition mentions.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Root and keys of every chain: `record.title.raw` is `["record", "title", "raw"]`.
    chains: BTreeSet<Vec<String>>,
    record: Option<Vec<String>>,
    item: Option<Vec<String>>,
}

impl Mentions {
    pub(super) fn uses(&self, root: &str) -> bool {
        self.chains.iter().any(|chain| chain[0] == root)
    }

    /// The top-level keys needed of a root; `None` when all are.
    pub(super) fn keys(&self, root: &str) -> Option<&[String]> {
        if root == "record" { self.record.as_deref() } else { self.item.as_deref() }
    }

    pub(super) fn source_paths(&self) -> Option<Vec<String>> {
        let keys = self.chains.iter().filter(|chain| chain[0] == "record");
        keys.map(|chain| {
            let plain = chain[1..].iter().take_while(|key| !key.contains(['.', ',', '[']));
            let path = plain.cloned().collect::<Vec<_>>().join(".");
            (!path.is_empty()).then_some(path)
        })
        .collect()
    }

    /// The first mentioned field that does not exist for want of this key: its whole path, and the expression up to
    /// the missing part.
    pub(super) fn missing(&self, wanted: &str, record: &Value, item: &Value) -> Option<(String, String)> {
        self.chains.iter().find_map(|chain| {
            let mut value = if chain[0] == "record" { record } else { item };
            for (n, key) in chain.iter().enumerate().skip(1) {
                match value.as_object().map(|entries| entries.get(key)) {
                    Some(Some(next)) => value = next,
                    Some(None) if key == wanted => {
                        return Some((chain[1..].join("."), chain[..=n].join(".")));
                    }
                    None if n == 1 && key == wanted => {
                        return Some((chain[1..].join("."), chain[..=n].join(".")));
                    }
                    _ => return None,
                }
            }
            None
        })
    }

    fn finish(mut self) -> Self {
        let keys = |root: &str, chains: &BTreeSet<Vec<String>>| {
            let of_root = chains.iter().filter(|chain| chain[0] == root);
            let keys: Option<BTreeSet<String>> = of_root.map(|chain| chain.get(1).cloned()).collect();
            keys.map(|keys| keys.into_iter().collect())
        };
        self.record = keys("record", &self.chains);
        self.item = keys("item", &self.chains);
        self
    }
}

/// Refuses nesting before the recursive parser sees it.
pub(super) fn check_nesting(text: &str) -> Result<(), Rejection> {
    let (mut depth, mut run) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        run = if matches!(byte, b'!' | b'-' | b' ') { run + 1 } else { 0 };
        if depth > DEPTH_MAX || run > 2 * DEPTH_MAX {
            return Err(too_deep());
        }
    }
    Ok(())
}

pub(super) fn inspect(expression: &IdedExpr) -> Result<Mentions, Rejection> {
    let mut walk = Walk::default();
    walk.visit(&expression.expr, 0)?;
    Ok(walk.mentions.finish())
}

#[derive(Default)]
struct Walk {
    mentions: Mentions,
    /// Names of the loop that is being walked.
    local: Vec<String>,
    in_loop: bool,
    loops: usize,
    additions: usize,
}

impl Walk {
    fn visit(&mut self, expr: &Expr, depth: usize) -> Result<(), Rejection> {
        if depth > DEPTH_MAX {
            return Err(too_deep());
        }
        if let Some(chain) = chain(expr) {
            return self.mention(chain);
        }
        let below = depth + 1;
        match expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.mention(vec![name.clone()]),
            Expr::Select(select) => self.visit(&select.operand.expr, below),
            Expr::Call(call) => self.call(call, below),
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.visit(&element.expr, below)),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => {
                    self.visit(&entry.key.expr, below)?;
                    self.visit(&entry.value.expr, below)
                }
                EntryExpr::StructField(_) => Err(refused("it builds a message")),
            }),
            Expr::Struct(_) => Err(refused("it builds a message")),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, below),
        }
    }

    fn mention(&mut self, chain: Vec<String>) -> Result<(), Rejection> {
        if self.local.contains(&chain[0]) {
            return Ok(());
        }
        if !ROOTS.contains(&chain[0].as_str()) {
            let shown: String = chain[0].chars().take(50).collect();
            return Err(Rejection::new(
                "CONDITION_UNKNOWN_NAME",
                format!("the condition mentions {shown}, which does not exist"),
                "a field of the record is record.name, a mapped field item.name, a text is in quotes",
            ));
        }
        self.mentions.chains.insert(chain);
        Ok(())
    }

    fn call(&mut self, call: &CallExpr, depth: usize) -> Result<(), Rejection> {
        let name = call.func_name.as_str();
        if name.starts_with(|c: char| c.is_alphabetic() || c == '$') && !FUNCTIONS.contains(&name) {
            let shown: String = name.chars().take(50).collect();
            return Err(Rejection::new(
                "CONDITION_UNKNOWN_FUNCTION",
                format!("the condition calls {shown}(…), which is not allowed in conditions"),
                format!("use {}, has, all, exists or exists_one", FUNCTIONS.join(", ")),
            ));
        }
        if name == "matches" {
            check_pattern(call)?;
        }
        if name == "_+_" {
            let counts = call.args.iter().any(|arg| matches!(&arg.expr, Expr::Literal(l) if is_number(l)));
            self.additions += usize::from(!counts);
            if self.additions > ADDITIONS_MAX || (self.in_loop && !counts) {
                return Err(refused("it adds up too much"));
            }
        }
        call.target
            .iter()
            .map(|target| &target.expr)
            .chain(call.args.iter().map(|arg| &arg.expr))
            .try_for_each(|expr| self.visit(expr, depth))
    }

    fn comprehension(&mut self, loops: &ComprehensionExpr, depth: usize) -> Result<(), Rejection> {
        self.loops += 1;
        if self.in_loop || self.loops > LOOPS_MAX {
            return Err(refused("it tests lists inside lists"));
        }
        if !matches!(loops.accu_init.expr, Expr::Literal(_)) {
            return Err(refused("it builds a list (map, filter)"));
        }
        self.visit(&loops.iter_range.expr, depth)?;
        let names = [Some(&loops.iter_var), loops.iter_var2.as_ref(), Some(&loops.accu_var)];
        self.local = names.into_iter().flatten().cloned().collect();
        if self.local.iter().any(|name| ROOTS.contains(&name.as_str())) {
            return Err(refused("a list's entry is called record or item"));
        }
        self.in_loop = true;
        for part in [&loops.loop_cond, &loops.loop_step, &loops.result] {
            self.visit(&part.expr, depth)?;
        }
        self.in_loop = false;
        self.local.clear();
        Ok(())
    }
}

/// `record.a["b"].c` as its parts, when it is nothing but names and literal keys from an identifier on.
fn chain(expr: &Expr) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut expr = expr;
    loop {
        match expr {
            Expr::Ident(name) => {
                parts.push(name.clone());
                parts.reverse();
                return Some(parts);
            }
            Expr::Select(select) => {
                parts.push(select.field.clone());
                expr = &select.operand.expr;
            }
            Expr::Call(call) if call.func_name == "_[_]" => {
                let [operand, index] = call.args.as_slice() else { return None };
                let Expr::Literal(LiteralValue::String(key)) = &index.expr else { return None };
                parts.push(key.inner().to_owned());
                expr = &operand.expr;
            }
            _ => return None,
        }
        if parts.len() > DEPTH_MAX {
            return None;
        }
    }
}

fn is_number(literal: &LiteralValue) -> bool {
    matches!(literal, LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_))
}

fn check_pattern(call: &CallExpr) -> Result<(), Rejection> {
    let Some(Expr::Literal(LiteralValue::String(pattern))) = call.args.last().map(|arg| &arg.expr) else {
        return Err(refused("the pattern of matches is not a text in quotes"));
    };
    RegexBuilder::new(pattern.inner())
        .size_limit(AUTOMATON_BYTES_MAX)
        .nest_limit(32)
        .build()
        .map(|_| ())
        .map_err(|_| refused("the pattern of matches is not a regular expression, or too large"))
}

fn refused(why: &str) -> Rejection {
    Rejection::new(
        "CONDITION_REFUSED",
        format!("the condition is not allowed: {why}"),
        "write a simpler condition, or several filters one after another",
    )
}

fn too_deep() -> Rejection {
    Rejection::new(
        "CONDITION_TOO_DEEP",
        format!("the condition nests deeper than {DEPTH_MAX} levels"),
        "write a simpler condition, or several filters one after another",
    )
}

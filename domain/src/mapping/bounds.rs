//! How much work and memory one record may cost: so that a mapping that doubles a text forty times ends at once.

use serde_json::Value;

use super::problem::{Code, Fault};

/// Largest result of one record, and of any step on the way, in bytes.
pub const OUTPUT_BYTES_MAX: usize = 4 << 20;
/// Most conversion steps for one record, each entry of a list counted.
pub const STEPS_MAX: u32 = 100_000;
/// Most bytes written by all steps of one record together.
const WRITTEN_BYTES_MAX: usize = 64 << 20;

/// What one record has used so far.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    steps: u32,
    written: usize,
    output: usize,
}

impl Bounds {
    pub(crate) fn step(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return Err(too_large(format!("the record needs more than {STEPS_MAX} conversion steps")));
        }
        Ok(())
    }

    /// Whether a text or list of this size may be made. Asked before it is made.
    #[expect(clippy::unused_self, reason = "reads as a question to the bounds, like its siblings")]
    pub(crate) fn fits(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > OUTPUT_BYTES_MAX {
            return Err(too_large(format!("a value would grow beyond {} MiB", OUTPUT_BYTES_MAX >> 20)));
        }
        Ok(())
    }

    /// Counts a text or list that is about to be made.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        self.fits(bytes)?;
        self.written = self.written.saturating_add(bytes);
        if self.written > WRITTEN_BYTES_MAX {
            return Err(too_large(format!(
                "the record needs more than {} MiB of work",
                WRITTEN_BYTES_MAX >> 20
            )));
        }
        Ok(())
    }

    /// Counts a value that goes into the result.
    pub(crate) fn put_out(&mut self, value: &Value) -> Result<(), Fault> {
        self.output = self.output.saturating_add(weight(value));
        if self.output > OUTPUT_BYTES_MAX {
            return Err(too_large(format!("the result is larger than {} MiB", OUTPUT_BYTES_MAX >> 20)));
        }
        Ok(())
    }
}

/// About the bytes of its JSON.
pub(crate) fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| weight(item) + 1).sum::<usize>() + 2,
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| key.len() + weight(value) + 4).sum::<usize>() + 2
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

fn too_large(message: String) -> Fault {
    Fault::new(Code::TooLarge, message, "map a smaller part of the record, or shorten it before it grows")
}

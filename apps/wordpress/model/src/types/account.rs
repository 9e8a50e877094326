//! Application passwords.

use chrono::NaiveDateTime;
use uuid::Uuid;

/// One application password of one user.
#[derive(Clone, Debug)]
pub(crate) struct ApplicationPassword {
    pub(crate) uuid: Uuid,
    /// UUID of the application that asked, or empty.
    pub(crate) app_id: String,
    pub(crate) name: String,
    /// Without spaces; WordPress ignores those that people type.
    pub(crate) secret: String,
    /// UTC.
    pub(crate) created: NaiveDateTime,
    pub(crate) last_used: Option<NaiveDateTime>,
    pub(crate) user: u64,
}

/// The password as WordPress shows it: groups of four.
pub(crate) fn shown(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// As WordPress compares it: letters and digits only.
pub(crate) fn bare(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A name no other password of this model has; the model needs no chance, only difference.
pub(crate) fn uuid(number: u64) -> Uuid {
    Uuid::from_u128((u128::from(mixed(number)) << 64 | u128::from(mixed(!number))) & !(0xf << 76) | 0x4 << 76)
}

/// 24 letters and digits, as long as those of WordPress; for tests only, since they can be foretold.
pub(crate) fn secret(number: u64) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
    (0..24u64)
        .map(|place| {
            let at = usize::try_from(mixed(number.wrapping_mul(31) ^ place << 40) % LETTERS.len() as u64)
                .unwrap_or(0);
            char::from(LETTERS[at])
        })
        .collect()
}

/// Splitmix64: spreads a number over all 64 bits.
pub(crate) fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

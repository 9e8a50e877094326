//! The verdict on one delivery, from its raw bytes. Pure: clock and keys come in as values.

use app_sdk::signature::{SignatureError, SignedHeaders, VerifyingKey, capability_fits, verify};
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use domain::delivery::Verdict;
use domain::endpoint::{Algorithm, Encoding, Mode, SecretLine};

use crate::headers::values;
use crate::registry::{Endpoint, Key};

/// WooCommerce's header; its signature is always base64.
const SHOP_HEADER: &str = "x-wc-webhook-signature";
/// The names of Standard Webhooks, and those of its first implementer, which some senders still use.
const NAMES: [[&str; 3]; 2] = [
    ["webhook-id", "webhook-timestamp", "webhook-signature"],
    ["svix-id", "svix-timestamp", "svix-signature"],
];

/// An authentic delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentic {
    pub verdict: Verdict,
    /// The id, where it is signed: no second delivery with it is taken.
    pub signed_id: Option<String>,
    /// Number of the secret that fits.
    pub secret: u64,
}

/// Why a delivery is not authentic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The address asks for another mode, or its secret is wrong: there is nothing here.
    WrongAddress,
    Unsigned,
    Unreadable,
    Mismatch,
    /// Rightly signed, at another time.
    Stale(Authentic),
}

/// What came, as far as it is judged.
pub struct Message<'a> {
    pub headers: &'a HeaderMap,
    /// The second part of the address.
    pub capability: Option<&'a str>,
    pub body: &'a [u8],
}

pub fn judge(endpoint: &Endpoint, message: &Message<'_>, now: DateTime<Utc>) -> Result<Authentic, Doubt> {
    let live: Vec<&(SecretLine, Key)> =
        endpoint.keys.iter().filter(|(line, _)| line.until.is_none_or(|until| now < until)).collect();
    match (&endpoint.mode, message.capability) {
        (Mode::CapabilityUrl {}, Some(given)) => capability(&live, given),
        (Mode::CapabilityUrl {}, None) | (_, Some(_)) => Err(Doubt::WrongAddress),
        (Mode::StandardWebhooks {}, None) => standard(&live, message, now),
        (Mode::WooCommerce { algorithm }, None) => {
            body_signed(&live, SHOP_HEADER, (*algorithm, Encoding::Base64, ""), message)
        }
        (Mode::HmacBody { header, algorithm, encoding, prefix }, None) => {
            body_signed(&live, header, (*algorithm, *encoding, prefix), message)
        }
    }
}

fn standard(
    live: &[&(SecretLine, Key)],
    message: &Message<'_>,
    now: DateTime<Utc>,
) -> Result<Authentic, Doubt> {
    let (lines, keys): (Vec<&SecretLine>, Vec<&VerifyingKey>) = live
        .iter()
        .filter_map(|(line, key)| match key {
            Key::Verifying(key) => Some((line, key)),
            Key::Body(_) | Key::Capability(_) => None,
        })
        .unzip();
    // One family of names, wholly: a header of the other family is no part of the message.
    let [id, timestamp, signature] =
        if message.headers.contains_key(NAMES[0][2]) { NAMES[0] } else { NAMES[1] };
    let (ids, times, signatures) =
        (values(message.headers, id), values(message.headers, timestamp), values(message.headers, signature));
    let headers = SignedHeaders { id: &ids, timestamp: &times, signature: &signatures };
    let authentic = |number: usize| Authentic {
        verdict: Verdict::Signed,
        signed_id: ids.first().map(|id| String::from_utf8_lossy(id).into_owned()),
        secret: lines.get(number).map_or(0, |line| line.number),
    };
    match verify(&keys, &headers, message.body, now.timestamp()) {
        Ok(number) => Ok(authentic(number)),
        Err(SignatureError::Stale(number)) => Err(Doubt::Stale(authentic(number))),
        Err(error) => Err(doubt(error)),
    }
}

fn body_signed(
    live: &[&(SecretLine, Key)],
    header: &str,
    form: (Algorithm, Encoding, &str),
    message: &Message<'_>,
) -> Result<Authentic, Doubt> {
    let values = values(message.headers, header);
    let mut answer = Err(Doubt::Mismatch);
    for (line, key) in live {
        let Key::Body(key) = key else { continue };
        match key.verify(&values, form, message.body) {
            Ok(()) => {
                let authentic =
                    Authentic { verdict: Verdict::BodySigned, signed_id: None, secret: line.number };
                answer = answer.or(Ok(authentic));
            }
            Err(error) => answer = answer.map_err(|_| doubt(error)),
        }
    }
    answer
}

fn capability(live: &[&(SecretLine, Key)], given: &str) -> Result<Authentic, Doubt> {
    let mut answer = Err(Doubt::WrongAddress);
    for (line, key) in live {
        if let Key::Capability(secret) = key
            && capability_fits(secret, given)
        {
            answer =
                answer.or(Ok(Authentic { verdict: Verdict::Hint, signed_id: None, secret: line.number }));
        }
    }
    answer
}

fn doubt(error: SignatureError) -> Doubt {
    match error {
        SignatureError::Missing => Doubt::Unsigned,
        SignatureError::Headers | SignatureError::Timestamp => Doubt::Unreadable,
        SignatureError::Mismatch | SignatureError::Secret | SignatureError::Stale(_) => Doubt::Mismatch,
    }
}

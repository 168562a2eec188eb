//! The permanent id of a bulletin.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clip;
use crate::digest::Digest;

/// The permanent id of a bulletin: 10 characters of lower-case Crockford base32, 50 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BulletinId([u8; 10]);

/// Crockford's, in lower case.
const SYMBOLS: &str = "0123456789abcdefghjkmnpqrstvwxyz";

static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str(SYMBOLS);
    specification.encoding().expect("32 distinct symbols make an encoding")
});

/// A text that should have been a bulletin id and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no bulletin id: expected 10 characters of 0-9 and a-z without i, l, o and u")]
pub struct NotAnId(pub String);

impl BulletinId {
    /// The id that a digest gives: its first 50 bits.
    pub fn from_digest(digest: &Digest) -> BulletinId {
        let text = CROCKFORD.encode(&digest.0[..7]);
        BulletinId(text.as_bytes()[..10].try_into().expect("7 bytes give 12 characters"))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an id is made of Crockford's symbols, which are ASCII")
    }
}

impl FromStr for BulletinId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<BulletinId, NotAnId> {
        let known = |byte: &u8| SYMBOLS.as_bytes().contains(byte);
        let bytes: Option<[u8; 10]> = text.as_bytes().try_into().ok();
        bytes
            .filter(|bytes| bytes.iter().all(known))
            .map(BulletinId)
            .ok_or_else(|| NotAnId(clip(text, 80).into()))
    }
}

impl fmt::Display for BulletinId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BulletinId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for BulletinId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for BulletinId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BulletinId, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_first_50_bits_of_a_digest() {
        let digest = Digest::of(b"abc");
        let id = BulletinId::from_digest(&digest);
        assert_eq!(id.to_string().parse(), Ok(id));
        // ba7816bf8f01cf: 10111 01001 11100 00001 01101 01111 11100 01111 00000 00111
        assert_eq!(id.as_str(), "q9w1dfwf07");
        for text in ["", "q9w1dfwf0", "q9w1dfwf077", "Q9w1dfwf07", "i9w1dfwf07"] {
            assert!(text.parse::<BulletinId>().is_err(), "{text}");
        }
    }
}

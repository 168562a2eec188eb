//! SHA-256 digests: the names by which Annals knows bytes.
//!
//! Pure. Knows three spellings of one digest: `sha256:{hex}` (receipts, journal), bare hex (URLs) and
//! base64url (RFC 6920 `ni` URLs); and the first half of one, where that is enough.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes: 32 bytes, shown as `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// How `ni` URIs of SHA-256 digests begin (RFC 6920 section 3).
const NI: &str = "ni:///sha-256;";

/// A text that should have named a digest and does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no SHA-256 digest: expected `sha256:` and 64 hexadecimal digits")]
pub struct NotADigest(pub String);

impl Digest {
    /// The digest that stands before the first link of a chain.
    pub const ZERO: Digest = Digest([0; 32]);

    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of several pieces, as if they were one.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        let mut hasher = Sha256::new();
        parts.into_iter().for_each(|part| hasher.update(part));
        Digest(hasher.finalize().into())
    }

    /// 64 lower-case hexadecimal digits, as in `/content/sha256/{hex}`.
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads 64 hexadecimal digits of either case.
    pub fn from_hex(text: &str) -> Result<Digest, NotADigest> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| NotADigest(text.into()))?;
        bytes.try_into().map(Digest).map_err(|_| NotADigest(text.into()))
    }

    /// 43 characters of unpadded base64url, as in `/.well-known/ni/sha-256/{b64url}` (RFC 6920 section 3).
    pub fn base64url(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// As an `ni` URI without an authority (RFC 6920 section 3).
    pub fn to_ni(&self) -> String {
        format!("{NI}{}", self.base64url())
    }

    /// Reads what [`Digest::to_ni`] wrote.
    pub fn from_ni(text: &str) -> Result<Digest, NotADigest> {
        Digest::from_base64url(text.strip_prefix(NI).ok_or_else(|| NotADigest(text.into()))?)
    }

    /// Reads unpadded base64url (RFC 6920 section 3).
    pub fn from_base64url(text: &str) -> Result<Digest, NotADigest> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NotADigest(text.into()))?;
        bytes.try_into().map(Digest).map_err(|_| NotADigest(text.into()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Digest, NotADigest> {
        Digest::from_hex(text.strip_prefix("sha256:").ok_or_else(|| NotADigest(text.into()))?)
    }
}

impl Serialize for Digest {
    /// Text where people read (JSON), the 32 bytes where only the catalogue does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 32]>::deserialize(deserializer).map(Digest)
        }
    }
}

/// The first 16 bytes of a SHA-256, the `sha-256-128` of RFC 6920 section 9.4: enough to tell apart what nobody asks for by it. Shown
/// as `sha-256-128:` and 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfDigest(pub [u8; 16]);

impl HalfDigest {
    pub const ZERO: HalfDigest = HalfDigest([0; 16]);

    /// 32 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl From<Digest> for HalfDigest {
    fn from(digest: Digest) -> HalfDigest {
        HalfDigest(*digest.0.first_chunk().expect("32 bytes hold 16"))
    }
}

/// How a [`HalfDigest`] begins.
const HALF: &str = "sha-256-128:";

impl fmt::Display for HalfDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HALF}{}", self.hex())
    }
}

impl fmt::Debug for HalfDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for HalfDigest {
    type Err = NotADigest;

    /// Reads the whole digest as well, of which the half is left.
    fn from_str(text: &str) -> Result<HalfDigest, NotADigest> {
        let Some(hex) = text.strip_prefix(HALF) else { return Ok(text.parse::<Digest>()?.into()) };
        let bytes = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|_| NotADigest(text.into()))?;
        bytes.try_into().map(HalfDigest).map_err(|_| NotADigest(text.into()))
    }
}

impl Serialize for HalfDigest {
    /// Text where people read (JSON), the 16 bytes where only the catalogue does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for HalfDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HalfDigest, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 16]>::deserialize(deserializer).map(HalfDigest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_read_as_it_is_written_and_from_the_whole() {
        let whole = Digest::of(b"abc"); // FIPS 180-2, appendix B.1
        let half = HalfDigest::from(whole);
        assert_eq!(half.to_string(), "sha-256-128:ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(half.to_string().parse(), Ok(half));
        assert_eq!(whole.to_string().parse(), Ok(half));
        for text in
            ["", "sha-256-128:", "sha-256-128:ba78", &format!("sha-256-128:{}", whole.hex()), "sha256:ba78"]
        {
            assert!(text.parse::<HalfDigest>().unwrap_err().to_string().contains("SHA-256"), "{text}");
        }
    }

    #[test]
    fn the_three_spellings_name_the_same_bytes() {
        let digest = Digest::of(b"abc"); // FIPS 180-2, appendix B.1
        assert_eq!(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(Digest::from_hex(&digest.hex().to_uppercase()), Ok(digest));
        assert_eq!(Digest::from_base64url(&digest.base64url()), Ok(digest));
        assert_eq!(Digest::of_parts([&b"a"[..], b"bc"]), digest);
    }

    #[test]
    fn what_is_no_digest_is_refused_by_name() {
        for text in ["", "sha256:", "sha256:ba78", "md5:ba78", &"g".repeat(64)] {
            assert!(text.parse::<Digest>().unwrap_err().to_string().contains("SHA-256"), "{text}");
        }
    }
}

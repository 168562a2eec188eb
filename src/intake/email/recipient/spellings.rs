//! Every spelling of what tells who received a message.
//!
//! Owns which spellings there are, and the one pass in which a text or a file is held against all of them. It
//! must never know where the addresses and tokens were found.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use data_encoding::HEXLOWER;
use md5::Digest as _;

use super::needle::{Needle, SPELT, in_base64};
use crate::intake::email::links::{self, percent_decoded};

/// Spellings of addresses and tokens, which are learnt from letter to letter.
#[derive(Clone, Debug, Default)]
pub struct Spellings {
    /// Each with more of them than the next one, so that what was spelt is seldom spelt again.
    sheets: Vec<Arc<Sheet>>,
    /// How much was spelt so far, in bytes.
    pub spelt_bytes: usize,
}

/// Spellings that are looked for together.
#[derive(Debug)]
struct Sheet {
    /// Which of all addresses and tokens they are of.
    addresses: Range<usize>,
    tokens: Range<usize>,
    needles: Vec<Needle>,
    /// All of them at once, whatever their case; what matters of it is looked at where one is found.
    all: Option<AhoCorasick>,
}

impl Sheet {
    fn of(all: (&[String], &[String]), addresses: Range<usize>, tokens: Range<usize>) -> Sheet {
        let mut needles: Vec<Needle> =
            all.0[addresses.clone()].iter().flat_map(|address| of_address(address)).collect();
        needles.extend(all.1[tokens.clone()].iter().flat_map(|token| of_token(token)));
        needles.sort_by(|a, b| a.text.cmp(&b.text));
        needles.dedup_by(|a, b| a.text == b.text && a.any_case == b.any_case);
        let texts = needles.iter().map(|needle| &needle.text);
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard);
        // No table of states and bytes: to make one takes longer than most messages are read in, and seconds where an address
        // repeats itself.
        let all = builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(texts);
        Sheet { all: all.ok().filter(|_| !needles.is_empty()), addresses, tokens, needles }
    }

    fn len(&self) -> usize {
        self.addresses.len() + self.tokens.len()
    }

    fn found(&self, bytes: &[u8], counts: &impl Fn(&Needle) -> bool) -> bool {
        let Some(all) = &self.all else { return false };
        all.find_overlapping_iter(bytes).any(|found| {
            let needle = &self.needles[found.pattern()];
            counts(needle) && needle.stands_at(bytes, found.start())
        })
    }
}

impl Spellings {
    /// Takes up what there is behind the addresses and tokens that are known.
    pub fn add(&mut self, addresses: &[String], tokens: &[String]) {
        let known = self.sheets.last().map_or((0, 0), |last| (last.addresses.end, last.tokens.end));
        let (mut from, to) = (known, (addresses.len(), tokens.len()));
        if from == to {
            return;
        }
        while let Some(last) = self.sheets.pop_if(|last| last.len() <= (to.0 - from.0) + (to.1 - from.1)) {
            from = (last.addresses.start, last.tokens.start);
        }
        let spelt = addresses[from.0..to.0].iter().chain(&tokens[from.1..to.1]);
        self.spelt_bytes += spelt.map(String::len).sum::<usize>();
        self.sheets.push(Arc::new(Sheet::of((addresses, tokens), from.0..to.0, from.1..to.1)));
    }

    /// Whether a text, or what it says once it is decoded, holds one of them.
    pub fn are_in(&self, text: &str) -> bool {
        if self.found(text.as_bytes(), |_| true) {
            return true;
        }
        let mut decoded = percent_decoded(text);
        let mut before = text.len();
        for _ in 1..links::ROUNDS_MAX {
            // Decoding makes shorter whatever it changes.
            if decoded.len() == before {
                break;
            }
            if self.found(decoded.as_bytes(), |_| true) {
                return true;
            }
            before = decoded.len();
            decoded = percent_decoded(&decoded);
        }
        false
    }

    /// Whether bytes of any kind hold one that is no accident in them.
    pub fn are_in_bytes(&self, bytes: &[u8]) -> bool {
        self.found(bytes, Needle::is_no_accident)
    }

    fn found(&self, bytes: &[u8], counts: impl Fn(&Needle) -> bool) -> bool {
        self.sheets.iter().any(|sheet| sheet.found(bytes, &counts))
    }

    /// `text` without any of them.
    pub fn taken_out(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut needles: Vec<&Needle> = self.sheets.iter().flat_map(|sheet| &sheet.needles).collect();
        // The longest first, so that no rest of a longer one is left behind.
        needles.sort_by(|a, b| b.text.len().cmp(&a.text.len()).then_with(|| a.text.cmp(&b.text)));
        for needle in needles {
            // Taking one out may join what was around it to another; nobody's text does so for long.
            for _ in 0..links::ROUNDS_MAX {
                let lower = needle.any_case.then(|| text.to_ascii_lowercase());
                let within = lower.as_deref().unwrap_or(&text);
                let mut kept = String::new();
                let mut from = 0;
                while let Some(at) = needle.find(within, from) {
                    kept.push_str(&text[from..at]);
                    from = at + needle.text.len();
                }
                if from == 0 {
                    break;
                }
                kept.push_str(&text[from..]);
                text = kept;
            }
        }
        text
    }
}

/// Every way in which senders write an address, which is in lower case.
fn of_address(address: &str) -> Vec<Needle> {
    let (user, host) = address.split_once('@').unwrap_or((address, ""));
    let spelt = SPELT.iter().map(|(at, dot)| format!("{user}{at}{}", host.replace('.', dot)));
    let encoded = ["@", "%40", "%2540", "=", "=40", "&#64;", "&#x40;"].map(|at| address.replace('@', at));
    // Portraits and mailing programs know a reader by a hash of the address.
    let hashed = [
        HEXLOWER.encode(address.as_bytes()),
        HEXLOWER.encode(&md5::Md5::digest(address)),
        HEXLOWER.encode(&sha1::Sha1::digest(address)),
        HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(address)),
    ];
    let mut needles: Vec<Needle> =
        spelt.chain(encoded).chain(hashed).map(|text| Needle::new(text, true)).collect();
    // `jane.doe` is hardly anything else; `archivist` is a word.
    if user.contains(['.', '_']) && user.len() > 4 {
        needles.push(Needle { text: user.into(), any_case: true, alone: true });
    }
    needles.extend(in_base64(address));
    needles
}

fn of_token(token: &str) -> Vec<Needle> {
    let lower = token.to_lowercase();
    let encoded = links::percent_encoded(token).to_lowercase();
    let mut needles = vec![Needle::new(HEXLOWER.encode(token.as_bytes()), true)];
    if encoded != lower {
        needles.push(Needle::new(encoded, true));
    }
    needles.push(Needle::new(lower, true));
    needles.extend(in_base64(token));
    needles
}

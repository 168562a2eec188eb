//! Lines that tell about an article: its dates, authors and categories, its dateline and its origin.
//!
//! Owns how such a line is taken apart. It must never know where on the page it stands, and so not
//! whether it is this article's.

use std::sync::LazyLock;

use regex::Regex;

use crate::bulletin::{Author, PartialDate};
use crate::intake::boilerplate::{self, Class, Extent, Hit, words};
use crate::intake::date::{self, Mention, Order};

/// How a line says a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// With a word for publication before it.
    Published,
    /// The date alone.
    Plain,
    Updated,
}

/// What a line tells about an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    pub dates: Vec<(Said, Mention)>,
    pub authors: Vec<Author>,
    pub categories: Vec<String>,
}

impl Meta {
    fn is_empty(&self) -> bool {
        self.dates.is_empty() && self.authors.is_empty() && self.categories.is_empty()
    }
}

/// The longest line that tells about an article, in bytes.
const META_BYTES_MAX: usize = 400;

/// What `line` tells about an article, if it does nothing else.
pub fn meta(line: &str, hits: &[Hit], order: Order) -> Option<Meta> {
    use Class::*;
    // Without a number there is no date, and without a label no author and no category.
    let labels = [Published, Updated, Author, Category, Tag, Section];
    let tells = line.contains(char::is_numeric)
        || line.contains(['|', '·', '•'])
        || hits.iter().any(|hit| labels.contains(&hit.class));
    if line.len() > META_BYTES_MAX || !tells {
        return None;
    }
    let mut meta = Meta::default();
    let (mut known, mut unknown) = (0, 0);
    for part in line.split(['|', '·', '•', '\t']).map(str::trim).filter(|part| !part.is_empty()) {
        if read_part(part, order, &mut meta) {
            known += 1;
        } else if words(part).len() <= 3 {
            // `Blog | 4 April 2018`: beside a date, a word or two that say nothing here.
            unknown += 1;
        } else {
            return None;
        }
    }
    (known > unknown || known == unknown && !meta.dates.is_empty())
        .then_some(meta)
        .filter(|meta| !meta.is_empty())
}

/// Reads one part of a line; false where something in it is not understood.
fn read_part(part: &str, order: Order, meta: &mut Meta) -> bool {
    let mut rest = part;
    let mut said = Said::Plain;
    // A line says at most a label, a date, an author, another label and a category.
    for _ in 0..6 {
        rest = rest.trim_matches(|c: char| c.is_whitespace() || ",;:–—-()[]/".contains(c));
        if rest.is_empty() {
            return true;
        }
        if let Some(mention) = date::whole(rest, order) {
            meta.dates.push((said, mention));
            return true;
        }
        let line = words(rest);
        let hits = boilerplate::hits(&line);
        if let Some(mention) = date::mentions_with(rest, order).first().filter(|mention| mention.range.0 == 0)
        {
            meta.dates.push((said, *mention));
            rest = &rest[mention.range.1..];
            continue;
        }
        let after = |hit: &Hit| line.get(hit.next).map_or("", |word| &rest[word.start..]);
        if let Some(hit) = longest(&hits, &[Class::Published, Class::Updated]) {
            said = if hit.class == Class::Updated { Said::Updated } else { Said::Published };
            // A label with nothing that it labels is a sentence's beginning.
            let next = after(hit);
            let dated = date::mentions_with(next, order).first().is_some_and(|mention| mention.range.0 <= 3);
            if dated
                || date::whole(next, order).is_some()
                || longest(&boilerplate::hits(&words(next)), &[Class::Author]).is_some()
            {
                rest = next;
                continue;
            }
        }
        if let Some((names, next)) = listed(rest, &line, &hits, order) {
            meta.categories.extend(names);
            rest = next;
            continue;
        }
        if let Some((authors, next)) = longest(&hits, &[Class::Author]).and_then(|hit| {
            let spelled = hit.next > 1 || rest[line[hit.next - 1].end..].starts_with(':');
            authors(after(hit), spelled, order)
        }) {
            meta.authors.extend(authors);
            rest = next;
            continue;
        }
        if ignorable(&hits) {
            return true;
        }
        if let Some(hit) = hits.iter().find(|hit| hit.class == Class::Section) {
            let end = line.get(hit.next - 1).map_or(rest.len(), |word| word.end);
            meta.categories.push(rest[..end].into());
            return true;
        }
        if let Some(category) = after_date(rest, &line, meta) {
            meta.categories.push(category);
            return true;
        }
        return place_and_date(rest, order).map(|mention| meta.dates.push((said, mention))).is_some();
    }
    false
}

/// The hit with the longest phrase at the start of a line, of these classes.
fn longest<'a>(hits: &'a [Hit], classes: &[Class]) -> Option<&'a Hit> {
    hits.iter()
        .filter(|hit| classes.contains(&hit.class) && hit.extent != Extent::Whole)
        .max_by_key(|hit| hit.next)
}

/// What stands in a byline and says nothing of the article.
fn ignorable(hits: &[Hit]) -> bool {
    use Class::*;
    let chrome = [Share, Action, Comments, Discussion, Navigation, Counter, Login];
    hits.iter().any(|hit| chrome.contains(&hit.class))
}

/// `Categories: A, B` · `Filed under A` · `Tags: a, b` · `Posted in A on 4 April 2018`; and what follows.
fn listed<'a>(
    line: &'a str,
    words: &[boilerplate::Word],
    hits: &[Hit],
    order: Order,
) -> Option<(Vec<String>, &'a str)> {
    let hit = longest(hits, &[Class::Category, Class::Tag])?;
    let from = words[hit.next - 1].end;
    let to = date::mentions_with(&line[from..], order).first().map_or(line.len(), |date| from + date.range.0);
    let listed = line[from..to].trim_start();
    // One word needs its colon: *Topics were discussed* is a sentence.
    let labelled = listed.starts_with([':', '：'])
        || hit.next > 1 && listed.starts_with(|c: char| c.is_uppercase() || c == '#');
    let names: Vec<String> = without_small_end(listed)
        .trim_start_matches([':', '：', ' '])
        .split([',', ';', '،', '、'])
        .map(|name| name.trim_matches(|c: char| c.is_whitespace() || "#.[]()".contains(c)))
        .filter(|name| !name.is_empty())
        .map(String::from)
        .collect();
    let short = names.iter().all(|name| name.split_whitespace().count() <= 6);
    (labelled && short && !names.is_empty()).then_some((names, &line[to..]))
}

/// `text` without the small words and marks that lead from it to a date.
fn without_small_end(text: &str) -> &str {
    let bare =
        |text: &'_ str| text.trim_end_matches(|c: char| c.is_whitespace() || ",.-–—:/".contains(c)).len();
    let mut text = &text[..bare(text)];
    while let Some((head, word)) = text.rsplit_once(' ')
        && ["on", "le", "el", "am", "il", "em", "op", "at", "the", "den"]
            .contains(&word.to_lowercase().as_str())
    {
        text = &head[..bare(head)];
    }
    text
}

/// `… in News`, after a date or an author.
fn after_date(rest: &str, words: &[boilerplate::Word], meta: &Meta) -> Option<String> {
    let joint =
        ["in", "dans", "en", "em", "under", "unter", "sous"].contains(&words.first()?.folded.as_str());
    let name = &rest[words.get(1)?.start..];
    (joint && !meta.is_empty() && words.len() <= 6 && name.starts_with(char::is_uppercase))
        .then(|| name.trim().into())
}

/// `Geneva, 4 April 2018`: a place and the date, and nothing after it.
fn place_and_date(line: &str, order: Order) -> Option<Mention> {
    let mention = *date::mentions_with(line, order).first()?;
    let closed = line[mention.range.1..].chars().all(|c| !c.is_alphanumeric());
    (closed && is_place(&line[..mention.range.0]) && mention.date.day().is_some()).then_some(mention)
}

/// Whether `text` can be the place of a dateline: a few words with capitals, and what joins them.
fn is_place(text: &str) -> bool {
    const JOINTS: [&str; 22] = [
        "de", "la", "le", "les", "el", "los", "las", "del", "of", "the", "am", "den", "di", "da", "do", "an",
        "der", "al", "d", "l", "on", "im",
    ];
    let words = words(text);
    let capital = |word: &boilerplate::Word| {
        let first = text[word.start..].chars().next();
        first.is_some_and(|c| c.is_uppercase() || !c.is_lowercase() && c.is_alphabetic())
    };
    let named = words.first().is_some_and(|word| capital(word) && !JOINTS.contains(&word.folded.as_str()));
    text.len() <= 80
        && words.len() <= 7
        && (words.is_empty() || named)
        && words.iter().all(|word| capital(word) || JOINTS.contains(&word.folded.as_str()))
}

/// The date with which a paragraph opens, and where its text goes on: `November 2, 2015 - …` ·
/// `GENEVA, 4 April 2018 – …` · `(Genève, le 4 avril 2018) …` · `27 March 2018: …`
pub fn dateline(text: &str, order: Order) -> Option<(Mention, usize)> {
    static CLOSES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:,?\s+\p{Lu}[\p{L} .'’-]{1,30})?\s*(?:\([^()]{1,40}\)\s*)?\)?\s*(?:[.,]?\s?[-–—―:|](?:\s|$)|[.,]?[–—―]|\.?-\s|\)\s)")
            .expect("the pattern is a constant")
    });
    let head = crate::bulletin::clip(text, 160);
    let mention = *date::mentions_with(head, order).first()?;
    let before = head[..mention.range.0].trim_matches(|c: char| c.is_whitespace() || "([,-–—".contains(c));
    if mention.date.day().is_none() || !is_place(before) {
        return None;
    }
    // The bracket that opens before a place closes after its date.
    let rest = &head[mention.range.1..];
    if let Some(closes) = CLOSES.find(rest) {
        return Some((mention, mention.range.1 + closes.end()));
    }
    (mention.range.0 == 0 && rest.starts_with(". ")).then_some((mention, mention.range.1 + 2))
}

/// When and where an article came out first: `First published in …, June 2017`.
pub fn reprint(text: &str, line: &[boilerplate::Word], hits: &[Hit], order: Order) -> Option<Mention> {
    let hit = hits.iter().find(|hit| hit.class == Class::Reprint)?;
    let from = line.get(hit.next)?.start;
    date::mentions_with(&text[from..], order)
        .first()
        .map(|mention| Mention { range: (from + mention.range.0, from + mention.range.1), ..*mention })
}

/// Words that stand in small letters within names of persons.
const PARTICLES: [&str; 20] = [
    "de", "da", "do", "dos", "das", "del", "della", "di", "la", "le", "van", "von", "der", "den", "bin",
    "al", "el", "y", "e", "du",
];

/// The names of persons at the start of `text`, and what follows them. Where the label is `spelled` out,
/// one word will do for a name.
fn authors(text: &str, spelled: bool, order: Order) -> Option<(Vec<Author>, &str)> {
    let end = date::mentions_with(text, order).first().map_or(text.len(), |mention| mention.range.0);
    let end = text[..end].find(['(', '|', '–', '—', '[']).unwrap_or(end);
    let (mut end, rest) = (end, &text[end..]);
    // `Jane Doe on 4 April`, `Jane Doe in News`: the small words before what follows are no name.
    let mut category = rest;
    if let Some(at) = [" in ", " dans ", " em "].iter().filter_map(|joint| text[..end].find(joint)).min() {
        (end, category) = (at, &text[at..]);
    }
    let named = without_small_end(&text[..end]);
    let joined = [" and ", " et ", " y ", " und ", " e ", " & ", " en ", " и ", " i "]
        .iter()
        .any(|joint| named.contains(joint));
    let parts: Vec<&str> = [" and ", " et ", " y ", " und ", " e ", " & ", " и "]
        .iter()
        .fold(vec![named], |parts, joint| parts.into_iter().flat_map(|part| part.split(joint)).collect())
        .into_iter()
        // Without a list, what follows a comma is an office: `Jane Doe, Director`.
        .flat_map(|part| {
            if joined { part.split(',').collect() } else { part.split(',').take(1).collect::<Vec<_>>() }
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let authors: Vec<Author> = parts
        .iter()
        .take_while(|name| is_name(name, spelled))
        .map(|name| Author { name: (*name).into(), ..Author::default() })
        .collect();
    (!authors.is_empty() && authors.len() == parts.len()).then_some((authors, category))
}

fn is_name(text: &str, spelled: bool) -> bool {
    let count = text.split_whitespace().count();
    let proper = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase() || c.is_alphabetic() && !c.is_lowercase())
            || PARTICLES.contains(&word.to_lowercase().trim_end_matches(['\'', '’']))
            || word.starts_with("d'")
            || word.starts_with("d’")
            || word.starts_with("al-")
            || word.starts_with("el-")
    };
    let clean = !text.contains(|c: char| c.is_numeric() || "!?:;@/\"“”".contains(c));
    let plain = spelled && count == 1;
    clean
        && text.len() <= 60
        && (count >= 2 || spelled)
        && count <= 6
        && (plain || text.split_whitespace().all(proper))
        && text.split_whitespace().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
}

/// Whether a unit is the caption of a picture or the credit of one: `… Photo: Jane Doe`, `© Authority 2018`.
pub fn is_caption(text: &str) -> bool {
    // What every credit has: most lines need no pattern.
    if !text.contains([':', '©', '/', '-', '–']) && !text.contains("oto") {
        return false;
    }
    static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)(?:^|[.!?…”»)\]|–—]\s*|[a-z]\s+\()(?:photos?|fotos?|pictures?|images?|bild(?:er)?|imagen|immagine|imagem|photographs?|fotograf[ií]as?|fotografie|",
            r"cr[ée]dits?|cr[ée]ditos?|фото|صورة|zdj[eę]cie|fot\.)(?:[\s/]+(?:credits?|crédits?|créditos?|courtesy(?:\s+of)?|by|par|de|von|di|do|da|photos?|fotos?))*\s*[:©]\s*[^.!?]{2,80}\W{0,2}$",
            r"|(?:^|[.(]\s*)(?:photo|foto)s?\s+(?:by|courtesy of|par|por|von|di|de)\s+[^.!?]{2,60}\W{0,2}$",
        ))
        .expect("the pattern is a constant")
    });
    static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
        let agencies = "Photos?|Fotos?|AFP|Reuters|EPA|EFE|AP|dpa|ANSA|Lusa|Belga|TASS|Xinhua|Keystone|Getty(?: Images)?|Flickr|Shutterstock|iStock|Unsplash";
        Regex::new(&format!(r"(?:\b(?:{agencies})\s*[/–-]\s*\p{{Lu}}|\p{{L}}\s*[/–-]\s*(?:{agencies})\b)"))
            .expect("the pattern is a constant")
    });
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:photos?|picture|image|caption|photo caption|figure|légende|crédits?|crédit photo|foto|imagen|pie de foto|leyenda|bild|bildunterschrift|didascalia|immagine|legenda|imagem)\s*[:©]\s*\S")
            .expect("the pattern is a constant")
    });
    let count = text.split_whitespace().take(71).count();
    let signed = || {
        text.rsplit_once('©').is_some_and(|(_, holder)| (1..=8).contains(&holder.split_whitespace().count()))
    };
    count <= 8 && AGENCY.is_match(text) && !text.ends_with('.')
        || count <= 70 && (signed() || CREDIT.is_match(text) || LABEL.is_match(text))
}

/// The first day that a text mentions, and whether it mentions another.
pub fn days(text: &str, order: Order) -> Option<(PartialDate, bool)> {
    let mentions = date::mentions_with(text, order);
    let mut days = mentions.iter().map(|mention| mention.date).filter(|date| date.day().is_some());
    let first = days.next()?;
    Some((first, days.any(|day| day != first)))
}

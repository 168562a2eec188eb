//! The headline of a page.
//!
//! Owns the choice between the names that a page gives itself, and the cutting off of the site's name. It
//! must never invent one: what is returned stands in the page.

use std::collections::HashSet;

use url::Url;

use super::furniture::parts;
use super::head::Head;
use super::linked_data::LinkedData;
use crate::intake::boilerplate::{self, Class};
use crate::intake::markup::{NodeId, Tree, is_heading, is_inline};

/// A title, and the heading where it stands if it does.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Title {
    pub text: Option<String>,
    pub heading: Option<NodeId>,
}

/// Longer headings are texts that were set large.
const HEADING_CHARS_MAX: usize = 300;

pub fn find(tree: &Tree, head: &Head<'_>, linked: &LinkedData, address: Option<&Url>) -> Title {
    let site = site_names(head, linked, address);
    let declared = declared(head, linked);
    let declared_words: Vec<HashSet<String>> =
        declared.iter().map(|title| words(title).into_iter().collect()).collect();
    let headings = headings(tree);
    // A heading that the page's own declarations repeat is the headline, and the best spelling of it.
    let confirmed = headings
        .iter()
        .filter(|heading| !is_site(&heading.text, &site))
        .map(|heading| {
            let heading_words = words(&heading.text);
            let likeness = declared_words.iter().map(|title| likeness(&heading_words, title));
            (heading, likeness.fold(0.0, f32::max))
        })
        .filter(|(_, likeness)| *likeness >= 0.5)
        .max_by(|(a, x), (b, y)| (x + a.bonus).total_cmp(&(y + b.bonus)));
    if let Some((heading, _)) = confirmed {
        return Title { text: Some(heading.text.clone()), heading: Some(heading.node) };
    }
    let declared = declared
        .iter()
        .map(|title| without_site(title, &site))
        .find(|title| !title.is_empty() && !is_site(title, &site));
    let first = headings.iter().find(|heading| heading.bonus >= 0.2 && !is_site(&heading.text, &site));
    let names_site = |title: &str| headings.is_empty() && !says_enough(title);
    if declared.as_deref().is_none_or(|title| is_label(title) || names_site(title)) {
        let said = |text: &str| says_enough(text) && !is_label(text) && !is_site(text, &site);
        let first =
            first.filter(|heading| said(&heading.text)).map(|heading| (heading.node, heading.text.clone()));
        if let Some((node, text)) = first.or_else(|| set_large(tree).filter(|(_, text)| said(text))) {
            return Title { text: Some(text), heading: Some(node) };
        }
    }
    match (declared, first) {
        (Some(title), _) => Title { text: Some(title), heading: first.map(|heading| heading.node) },
        (None, Some(heading)) => Title { text: Some(heading.text.clone()), heading: Some(heading.node) },
        (None, None) => Title { text: head.title.clone(), heading: None },
    }
}

/// Whether a line has as much to say as a headline, where the page has not marked it as one.
fn says_enough(text: &str) -> bool {
    const WORDS_MIN: usize = 3;
    // Of scripts that put no space between words.
    const DENSE_CHARS_MIN: usize = 5;
    let dense = |c: &char| ('\u{0e00}'..'\u{0f00}').contains(c) || ('\u{2e80}'..'\u{d7a4}').contains(c);
    words(text).len() >= WORDS_MIN || text.chars().filter(dense).count() >= DENSE_CHARS_MIN
}

/// Whether a title only says what kind of page it is, and perhaps of whom: `Harbour Office - Press release 12/98`.
fn is_label(title: &str) -> bool {
    const NAME_WORDS_MAX: usize = 4;
    let parts = SEPARATORS.iter().fold(title.to_owned(), |title, separator| title.replace(separator, "\n"));
    let is_kind = |part: &&str| boilerplate::is(part, Class::Section) || is_unnamed(part);
    let (kinds, names): (Vec<&str>, Vec<&str>) = parts.lines().partition(is_kind);
    !kinds.is_empty() && names.iter().map(|name| words(name).len()).sum::<usize>() <= NAME_WORDS_MAX
}

/// What editors call a page that was given no name.
fn is_unnamed(part: &str) -> bool {
    let part = part.trim().to_lowercase();
    let unnamed =
        ["untitled", "new page", "document", "home", "homepage", "index", "no title", "microsoft word"];
    part.is_empty()
        || unnamed.iter().any(|name| part.strip_prefix(name).is_some_and(|rest| words(rest).len() <= 1))
        || [".doc", ".docx", ".htm", ".html", ".pdf"].iter().any(|ending| part.ends_with(ending))
}

/// Lines that a page sets large where it has no headings for its headline: as word processors do, and as all pages
/// once did.
fn set_large(tree: &Tree) -> Option<(NodeId, String)> {
    const NODES_MAX: usize = 30;
    const CHARS_MAX: usize = 200;
    const BOLD_MAX: usize = 20;
    let mut bold = 0;
    let mut is_large = |&id: &NodeId| {
        if matches!(tree.name(id), "b" | "strong") && bold < BOLD_MAX {
            bold += 1;
            if stands_alone(tree, id) {
                return true;
            }
        }
        let attribute = |name: &str| tree.attribute(id, name).unwrap_or_default().trim();
        let size = attribute("size");
        attribute("class").split_whitespace().any(|class| class == "MsoTitle")
            || tree.name(id) == "font" && matches!(size, "5" | "6" | "7" | "+2" | "+3" | "+4")
            || matches!(tree.name(id), "span" | "p" | "div" | "b" | "strong" | "font")
                && font_points(attribute("style")).is_some_and(|points| points >= 18.0)
    };
    let large = (1..tree.len()).filter(|id| is_large(id)).filter(|&id| tree.end(id) - id <= NODES_MAX);
    let mut lines = large.map(|id| (id, tree.line(id)));
    // A sentence in bold letters is a lead.
    lines.find(|(_, line)| {
        says_enough(line) && line.chars().count() <= CHARS_MAX && !line.ends_with(['.', ':', '。'])
    })
}

/// Whether an element is all that stands in its line.
fn stands_alone(tree: &Tree, id: NodeId) -> bool {
    let blank = |id: &NodeId| tree.text(*id).is_some_and(|text| text.trim().is_empty());
    let siblings: Vec<NodeId> = tree.children(tree.parent(id)).filter(|id| !blank(id)).collect();
    let Some(at) = siblings.iter().position(|&sibling| sibling == id) else { return false };
    let parts = |at: Option<usize>| {
        at.and_then(|at| siblings.get(at)).is_none_or(|&sibling| !is_inline(tree.name(sibling)))
    };
    parts(at.checked_sub(1)) && parts(Some(at + 1))
}

/// The size of the letters that a style asks for, in points.
fn font_points(style: &str) -> Option<f32> {
    let (_, value) = style.split_once("font-size:")?;
    let value = value.split(';').next().unwrap_or_default().trim();
    let of = |unit: &str| value.strip_suffix(unit)?.trim().parse::<f32>().ok();
    of("pt").or_else(|| of("px").map(|pixels| pixels * 0.75))
}

struct Heading {
    node: NodeId,
    text: String,
    /// What its level and mark add to its likeness.
    bonus: f32,
}

/// What could be the headline, in document order.
fn headings(tree: &Tree) -> Vec<Heading> {
    let mut headings = Vec::new();
    for node in 1..tree.len() {
        let name = tree.name(node);
        if !is_heading(name)
            && tree.attribute(node, "class").is_none()
            && tree.attribute(node, "itemprop").is_none()
        {
            continue;
        }
        let marks: Vec<String> = ["class", "itemprop"]
            .iter()
            .filter_map(|name| tree.attribute(node, name))
            .flat_map(parts)
            .collect();
        let marked = marks
            .iter()
            .any(|part| matches!(part.as_str(), "headline" | "title" | "titre" | "titulo" | "titel"));
        let bonus = match name {
            "h1" => 0.2,
            _ if is_heading(name) => 0.0,
            _ if marked => -0.05,
            _ => continue,
        } + if marked { 0.1 } else { 0.0 };
        // A wrapper of the whole page may be called anything.
        if tree.end(node) - node > 60 {
            continue;
        }
        let text = tree.line(node);
        if !text.is_empty() && text.chars().count() <= HEADING_CHARS_MAX {
            headings.push(Heading { node, text, bonus });
        }
    }
    headings
}

/// The titles that the page declares, the surest first.
fn declared(head: &Head<'_>, linked: &LinkedData) -> Vec<String> {
    let mut declared: Vec<String> = Vec::new();
    declared.extend(head.meta(&["og:title"]).map(unescaped));
    declared.extend(linked.headline.clone());
    let names = [
        "citation_title",
        "dc.title",
        "dcterms.title",
        "twitter:title",
        "headline",
        "parsely-title",
        "sailthru.title",
    ];
    declared.extend(head.meta(&names).map(unescaped));
    declared.extend(head.title.clone());
    declared
}

/// Templates that escape twice leave an entity in the value.
fn unescaped(text: &str) -> String {
    if text.contains('&') || text.contains('<') {
        Tree::parse(text).line(0)
    } else {
        crate::intake::markup::fold(text)
    }
}

/// The names by which the site may sign its titles, as [`key`]s.
fn site_names(head: &Head<'_>, linked: &LinkedData, address: Option<&Url>) -> Vec<String> {
    let said = head
        .meta(&["og:site_name"])
        .into_iter()
        .chain(head.meta(&["application-name"]))
        .chain(head.meta(&["dc.publisher"]));
    let mut names: Vec<String> = said.map(key).chain(linked.publisher.as_deref().map(key)).collect();
    let handle = head.meta(&["twitter:site"]).map(key);
    names.extend(handle);
    if let Some(host) = address.and_then(Url::host_str) {
        let host = host.trim_start_matches("www.");
        names.push(key(host));
        names.extend(host.rsplit('.').nth(1).map(key));
    }
    names.retain(|name| name.chars().count() > 1);
    names
}

/// Letters and digits only, in lower case.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_site(text: &str, site: &[String]) -> bool {
    let key = key(text);
    key.is_empty() || site.contains(&key)
}

/// Marks that part a headline from the name of the site, a section or a date.
const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " · ", " • ", " » ", " « ", " :: ", " / ", " > ", " < ", " ~ ", "｜", " _ ",
    " ‹ ", " › ",
];

/// `title` without the names of site and section at its ends.
fn without_site(title: &str, site: &[String]) -> String {
    let mut cuts = vec![0];
    for separator in SEPARATORS {
        cuts.extend(title.match_indices(separator).flat_map(|(at, _)| [at, at + separator.len()]));
    }
    cuts.push(title.len());
    cuts.sort_unstable();
    let parts: Vec<&str> = cuts.chunks(2).filter_map(|cut| title.get(cut[0]..*cut.get(1)?)).collect();
    if parts.len() < 2 || parts.len() * 2 != cuts.len() {
        return title.trim().into();
    }
    let signs = |part: &str| {
        let key = key(part);
        site.iter().any(|site| {
            *site == key
                || site.len() > 3 && key.starts_with(site.as_str())
                || key.len() > 3 && site.contains(key.as_str())
        })
    };
    let (mut from, mut to) = (0, parts.len());
    while to - from > 1 && signs(parts[to - 1]) {
        to -= 1;
    }
    while to - from > 1 && signs(parts[from]) {
        from += 1;
    }
    // Nobody signed: what is cut off last is the site where it is short beside the rest.
    if (from, to) == (0, parts.len())
        && words(parts[to - 1]).len() * 2 <= words(&parts[..to - 1].join(" ")).len()
    {
        to -= 1;
    }
    let start = parts[from].as_ptr() as usize - title.as_ptr() as usize;
    let end = parts[to - 1].as_ptr() as usize - title.as_ptr() as usize + parts[to - 1].len();
    title[start..end].trim().into()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How much of a heading is in a title, and how much of the title it is: 0 to 1.
fn likeness(heading: &[String], title: &HashSet<String>) -> f32 {
    if heading.is_empty() || title.is_empty() {
        return 0.0;
    }
    // Order is left aside: titles put the section first or last, headings leave words out.
    let shared = heading.iter().filter(|word| title.contains(*word)).count() as f32;
    let (of_heading, of_title) = (shared / heading.len() as f32, shared / title.len() as f32);
    // A headline is all in the title, which may add the site's name; the reverse is a longer heading.
    if of_heading < 0.6 { 0.0 } else { 0.6 * of_heading + 0.4 * of_title.min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(html: &str) -> Option<String> {
        let tree = Tree::parse(html);
        let head = Head::read(&tree);
        find(&tree, &head, &LinkedData::read(&tree), None).text
    }

    #[test]
    fn the_headline_does_not_carry_the_name_of_the_site() {
        for (html, expected) in [
            (
                "<title>Spring tides ahead | Estuary News</title><h1>Estuary News</h1><h1>Spring tides ahead</h1>",
                "Spring tides ahead",
            ),
            ("<title>Spring tides are ahead of us - Estuary News</title>", "Spring tides are ahead of us"),
            (
                "<meta property=og:site_name content='The Merrow'><title>The Merrow » Ferries resume</title>",
                "Ferries resume",
            ),
            ("<meta property=og:title content='Ferries &amp;amp; tides'><title>x</title>", "Ferries & tides"),
            (
                "<title>Well-being - what next - and why it matters to us all</title>",
                "Well-being - what next - and why it matters to us all",
            ),
            ("<h1>Only a heading</h1>", "Only a heading"),
            ("<title>Press release</title><h1>The lamp is lit again</h1>", "The lamp is lit again"),
            (
                "<title>Harbour Office - Press release 98/12</title><font size=5><b>The lamp is lit again</b></font>",
                "The lamp is lit again",
            ),
            ("<title>lamp.doc</title><p class=MsoTitle>The lamp is lit again</p>", "The lamp is lit again"),
            (
                "<title>Untitled Document</title><p style='font-size:18.0pt'>The lamp is lit again</p>",
                "The lamp is lit again",
            ),
            (
                "<title>Harbour Office</title><td><b>The lamp is lit again</b><br><i>4 April 2018</i><br>A text of it.",
                "The lamp is lit again",
            ),
            ("<title>Harbour Office</title><p><b>The lamp is lit.</b><p>A text of it.", "Harbour Office"),
            // What is large and says little is the site's.
            (
                "<title>Works at the quay - News</title><font size=6>Harbour Office</font>",
                "Works at the quay",
            ),
            ("<title>Press release</title><p>A text.</p>", "Press release"),
        ] {
            assert_eq!(title(html).as_deref(), Some(expected), "{html}");
        }
        assert_eq!(title("<p>no title at all</p>"), None);
    }
}

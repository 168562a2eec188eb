//! The elements of HTML, by what a reader of markup needs to know of them.
//!
//! Owns the lists of names. It must never know where in a tree an element stands.

/// Elements that the end tag of an inline element never closes.
#[rustfmt::skip]
pub const CLOSED_ONLY_BY_THEIR_OWN: &[&str] = &[
    "div", "p", "li", "ul", "ol", "td", "th", "tr", "table", "article", "section", "aside", "nav",
    "header", "footer", "main", "form", "blockquote", "figure", "body", "html", "dl", "dd", "dt",
];

/// Every element name that is told apart, sorted.
#[rustfmt::skip]
pub const KNOWN: [&str; 120] = [
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base",
    "bdi", "bdo", "big", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite",
    "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "div", "dl",
    "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i",
    "iframe", "img", "input", "ins", "kbd", "label", "legend", "li", "link", "main", "map", "mark",
    "math", "menu", "meta", "nav", "noscript", "object", "ol", "optgroup", "option", "p", "param",
    "picture", "pre", "q", "rb", "rp", "rt", "ruby", "s", "samp", "script", "section", "select",
    "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table",
    "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt",
    "u", "ul", "var", "video", "wbr",
];

/// Where the names begin in [`KNOWN`] that begin with each letter; the last is its end.
const FIRST: [u8; 27] = {
    let mut first = [KNOWN.len() as u8; 27];
    let mut at = KNOWN.len();
    while at > 0 {
        at -= 1;
        first[(KNOWN[at].as_bytes()[0] - b'a') as usize] = at as u8;
    }
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        // No name begins with this letter.
        if first[letter] == KNOWN.len() as u8 {
            first[letter] = first[letter + 1];
        }
    }
    first
};

/// Where a name stands in [`KNOWN`]. Asked at every tag: few begin with one letter, and fewer of these are as long.
fn find(name: &[u8]) -> Option<usize> {
    let letter = usize::from(name.first()?.checked_sub(b'a').filter(|letter| *letter < 26)?);
    let mut places = usize::from(FIRST[letter])..usize::from(FIRST[letter + 1]);
    places.find(|&at| KNOWN[at].len() == name.len() && KNOWN[at].as_bytes() == name)
}

/// `name` as it stands in [`KNOWN`], or `""`.
pub fn known(name: &[u8]) -> &'static str {
    find(name).map_or("", |at| KNOWN[at])
}

/// Where `name` stands in [`KNOWN`]; one past its end for all that do not.
pub fn place(name: &str) -> usize {
    find(name.as_bytes()).unwrap_or(KNOWN.len())
}

#[rustfmt::skip]
pub fn is_void(name: &str) -> bool {
    matches!(name,
        "area" | "base" | "br" | "col" | "embed" | "frame" | "hr" | "img" | "input" | "link" | "meta"
        | "param" | "source" | "track" | "wbr")
}

pub fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

#[rustfmt::skip]
pub fn is_of_head(name: &str) -> bool {
    matches!(name,
        "base" | "link" | "meta" | "title" | "script" | "style" | "noscript" | "template" | "object")
}

#[rustfmt::skip]
pub fn closes_paragraph(name: &str) -> bool {
    matches!(name,
        "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog" | "div" |
        "dl" | "dd" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2" |
        "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "hr" | "li" | "main" | "menu" | "nav" | "ol"
        | "p" | "pre" | "section" | "summary" | "table" | "ul")
}

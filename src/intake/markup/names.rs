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

/// `name` as it stands in [`KNOWN`], or `""`.
pub fn known(name: &[u8]) -> &'static str {
    KNOWN.binary_search_by(|known| known.as_bytes().cmp(name)).map_or("", |at| KNOWN[at])
}

/// Where `name` stands in [`KNOWN`]; one past its end for all that do not.
pub fn place(name: &str) -> usize {
    KNOWN.binary_search(&name).unwrap_or(KNOWN.len())
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

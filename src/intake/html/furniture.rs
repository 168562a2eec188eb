//! What a page has around its article, told by how it is marked.
//!
//! Owns the names by which pages mark what is not the article. It must never look at how much text there
//! is: [`super::article`] weighs that.

use crate::intake::markup::{NodeId, Tree};

/// How surely an element is not part of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing speaks against it.
    None,
    /// Named like something that surrounds articles; a wrapper may be named so as well.
    Named,
    /// Named like what readers add, which may be longer than the article.
    Added,
    /// Never text to read.
    Certain,
}

/// Elements without text of an article, whatever they hold.
const NEVER: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "applet",
    "button", "select", "input", "textarea", "datalist", "canvas", "audio", "video", "dialog", "head",
    "title", "nav", "menu", "link", "meta", "map", "area", "frame", "frameset", "optgroup", "option",
    "source", "track", "param",
];

/// Parts of names that mark what surrounds an article.
const SURROUNDING: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "advertisement",
    "advertising",
    "adsense",
    "adslot",
    "addthis",
    "addtoany",
    "aside",
    "banner",
    "bookmark",
    "bottombar",
    "breadcrumb",
    "breadcrumbs",
    "byline",
    "carousel",
    "cookie",
    "cookies",
    "consent",
    "copyright",
    "cta",
    "disclaimer",
    "dialog",
    "dropdown",
    "fblike",
    "feedback",
    "flyout",
    "follow",
    "followus",
    "foot",
    "footer",
    "gdpr",
    "hidden",
    "infobar",
    "jp-relatedposts",
    "legal",
    "login",
    "masthead",
    "menu",
    "metadata",
    "modal",
    "mostpopular",
    "mostread",
    "nav",
    "navbar",
    "navi",
    "navigation",
    "newsletter",
    "noprint",
    "outbrain",
    "overlay",
    "pager",
    "pagination",
    "paging",
    "paywall",
    "popular",
    "popup",
    "postmeta",
    "print",
    "printonly",
    "promo",
    "promotion",
    "prevnext",
    "rating",
    "ratings",
    "recommend",
    "recommendation",
    "recommendations",
    "recommended",
    "recirc",
    "related",
    "relatedposts",
    "screenreader",
    "search",
    "searchbox",
    "searchform",
    "share",
    "sharebar",
    "sharebuttons",
    "sharedaddy",
    "sharing",
    "shariff",
    "shop",
    "sidebar",
    "sidenav",
    "signin",
    "signup",
    "sitemap",
    "skip",
    "skiplink",
    "skyscraper",
    "social",
    "socialmedia",
    "sociable",
    "socials",
    "sponsor",
    "sponsored",
    "sponsors",
    "sr-only",
    "subnav",
    "subscribe",
    "subscription",
    "syndication",
    "tag",
    "tagcloud",
    "taglist",
    "tags",
    "taboola",
    "teaser",
    "teasers",
    "toc",
    "toolbar",
    "tools",
    "tooltip",
    "topbar",
    "trending",
    "tweet",
    "twitter",
    "upsell",
    "utility",
    "visuallyhidden",
    "widget",
    "widgets",
    "yarpp",
];

/// Parts of names that mark what readers wrote.
const READERS: &[&str] = &[
    "comment",
    "comments",
    "commentlist",
    "commentform",
    "comentarios",
    "commentaires",
    "kommentar",
    "kommentare",
    "disqus",
    "livefyre",
    "respond",
    "replies",
    "trackback",
    "trackbacks",
    "pingback",
    "pingbacks",
    "pinglist",
    "discussion",
];

/// What speaks against the element in its name and attributes.
pub fn doubt(tree: &Tree, id: NodeId) -> Doubt {
    let name = tree.name(id);
    if NEVER.contains(&name) {
        return Doubt::Certain;
    }
    let mut doubt = match name {
        "aside" | "footer" | "form" => Doubt::Named,
        _ => Doubt::None,
    };
    for (attribute, value) in tree.attributes(id) {
        let found = match attribute {
            "class" | "id" => named(value),
            "role"
                if matches!(
                    value,
                    "navigation"
                        | "banner"
                        | "contentinfo"
                        | "complementary"
                        | "search"
                        | "dialog"
                        | "menu"
                        | "menubar"
                        | "alert"
                        | "alertdialog"
                        | "toolbar"
                        | "tablist"
                ) =>
            {
                Doubt::Named
            }
            "hidden" => Doubt::Named,
            "aria-hidden" if value == "true" => Doubt::Named,
            "style" if hides(value) => Doubt::Named,
            _ => Doubt::None,
        };
        doubt = doubt.max(found);
    }
    doubt
}

/// Whether an element of this name has no text of an article, whatever it holds.
pub fn is_unread(name: &str) -> bool {
    NEVER.contains(&name)
}

fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// What speaks against an element whose class or id is `names`.
fn named(names: &str) -> Doubt {
    let mut doubt = Doubt::None;
    for part in parts(names) {
        let part = part.as_str();
        if READERS.contains(&part) {
            doubt = Doubt::Added;
        } else if SURROUNDING.contains(&part) {
            doubt = doubt.max(Doubt::Named);
        }
    }
    doubt
}

/// The words of class names and ids: `relatedPosts entry-meta` has four.
pub fn parts(names: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut lower = false;
    for c in names.chars() {
        if !c.is_alphanumeric() || (lower && c.is_uppercase()) {
            parts.push(String::new());
        }
        if c.is_alphanumeric() {
            parts.last_mut().expect("there is one from the start").extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

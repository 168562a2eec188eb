//! What a page has around its article, told by how it is marked.
//!
//! Owns the names by which pages mark what is not the article, and those by which they mark the article. It
//! must never look at how much text there is: [`super::article`] weighs that.

use crate::intake::markup::{NodeId, Tree, is_heading, is_inline};

/// How surely an element is not part of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing speaks against it.
    None,
    /// Named like something that often surrounds articles and sometimes is one.
    Weak,
    /// Named like something that surrounds articles; a wrapper may be named so as well.
    Named,
    /// Named like what readers add, which may be longer than the article.
    Added,
    /// Never text to read.
    Certain,
}

/// Elements without text of an article, whatever they hold.
#[rustfmt::skip]
const NEVER: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "applet",
    "button", "select", "input", "textarea", "datalist", "canvas", "audio", "video", "dialog", "head",
    "title", "nav", "menu", "link", "meta", "map", "area", "frame", "frameset", "optgroup", "option",
    "source", "track", "param",
];

/// Parts of names that mark what surrounds an article.
#[rustfmt::skip]
const SURROUNDING: &[&str] = &[
    "ad", "ads", "advert", "advertisement", "advertising", "adsense", "adslot", "addthis", "addtoany",
    "affiliate", "anzeige", "authorbox", "authorbio", "banner", "bookmark", "breadcrumb",
    "breadcrumbs", "byline", "caption", "captions", "carousel", "consent", "cookie", "cookies",
    "copyright", "credit", "credits", "cta", "disclaimer", "disclosure", "dropdown", "fblike",
    "feedback", "figcaption", "flyout", "followus", "foot", "footer", "gdpr", "jp-relatedposts",
    "legal", "login", "masthead", "menu", "modal", "mostpopular", "mostread", "nav", "navbar", "navi",
    "navigation", "newsletter", "noprint", "outbrain", "overlay", "pager", "pagination", "paging",
    "paywall", "popup", "postmeta", "prevnext", "promo", "promotion", "rating", "ratings", "recirc",
    "recommend", "recommendation", "recommendations", "recommended", "related", "relatedposts",
    "screenreader", "searchbox", "searchform", "share", "sharebar", "sharebuttons", "sharedaddy",
    "sharing", "shariff", "sidebar", "sidenav", "signin", "signup", "skiplink", "sociable", "social",
    "socialmedia", "socials", "sponsor", "sponsored", "sponsors", "subnav", "subscribe",
    "subscription", "taboola", "tagcloud", "taglist", "tags", "toolbar", "trending", "upsell",
    "visuallyhidden", "yarpp",
];

/// Parts of names that mark it only where the text is short or mostly links.
#[rustfmt::skip]
const PERHAPS_SURROUNDING: &[&str] = &[
    "aside", "author", "bottombar", "date", "dialog", "follow", "hidden", "infobar", "like", "meta",
    "metadata", "more", "popular", "print", "published", "search", "shop", "skip", "syndication",
    "tag", "teaser", "teasers", "toc", "tools", "tooltip", "topbar", "tweet", "twitter", "facebook",
    "utility", "widget", "widgets",
];

/// Parts of names that mark what readers wrote.
#[rustfmt::skip]
const READERS: &[&str] = &[
    "comment", "comments", "commentlist", "commentform", "comentarios", "commentaires", "kommentar",
    "kommentare", "disqus", "livefyre", "respond", "replies", "trackback", "trackbacks", "pingback",
    "pingbacks", "pinglist",
];

/// Classes by which systems mark who entered a text and when, where they print that with it, and their own tools.
const STAMPS: &[&str] = &["field--name-uid", "field--name-created", "mw-editsection"];

/// Roles (WAI-ARIA) of what surrounds an article.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "menu", "menubar",
    "alert", "alertdialog", "toolbar", "tablist",
];

/// Whether an element of this name has no text of an article, whatever it holds.
pub fn is_unread(name: &str) -> bool {
    NEVER.contains(&name)
}

/// What speaks against the element in its name and attributes.
pub fn doubt(tree: &Tree, id: NodeId) -> Doubt {
    let name = tree.name(id);
    if NEVER.contains(&name) {
        return Doubt::Certain;
    }
    // What is marked as part of the article for machines is no teaser of another.
    let said = tree.attribute(id, "itemprop");
    if said.is_some_and(|said| matches!(said, "description" | "abstract" | "articleBody")) {
        return Doubt::None;
    }
    let mut doubt = match name {
        "aside" | "footer" | "figcaption" => Doubt::Named,
        "form" => Doubt::Weak,
        _ => Doubt::None,
    };
    for (attribute, value) in tree.attributes(id) {
        let found = match attribute {
            "class" | "id" => named(value),
            "role" if ROLES.contains(&value) => Doubt::Named,
            "hidden" => Doubt::Weak,
            "aria-hidden" if value == "true" => Doubt::Weak,
            "style" if hides(value) => Doubt::Named,
            _ => Doubt::None,
        };
        doubt = doubt.max(found);
    }
    // Names say little about what cannot hold a part of the page, and less about what quotes.
    match name {
        "blockquote" | "pre" | "td" | "th" | "tr" | "tbody" | "body" | "html" | "article" | "main" => {
            Doubt::None
        }
        _ if is_heading(name) || is_inline(name) || name == "p" => {
            if doubt == Doubt::Weak {
                Doubt::None
            } else {
                doubt
            }
        }
        _ => doubt,
    }
}

fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// What speaks against an element whose class or id is `names`.
fn named(names: &str) -> Doubt {
    let mut doubt = Doubt::None;
    let (mut author, mut about) = (false, false);
    if names.split_whitespace().any(|name| STAMPS.contains(&name)) {
        return Doubt::Named;
    }
    for part in parts(names) {
        let part = part.as_str();
        about |=
            matches!(part, "about" | "bio" | "box" | "card" | "desc" | "description" | "info" | "profile");
        author |= part == "author";
        doubt = doubt.max(if READERS.contains(&part) {
            Doubt::Added
        } else if SURROUNDING.contains(&part) {
            Doubt::Named
        } else if PERHAPS_SURROUNDING.contains(&part) {
            Doubt::Weak
        } else {
            Doubt::None
        });
    }
    if author && about { doubt.max(Doubt::Named) } else { doubt }
}

/// Whether the element is named as the one that holds the text of an article.
pub fn is_body(tree: &Tree, id: NodeId) -> bool {
    if tree.attribute(id, "itemprop").is_some_and(|value| value.to_ascii_lowercase().contains("articlebody"))
    {
        return true;
    }
    ["class", "id"].iter().filter_map(|name| tree.attribute(id, name)).flat_map(str::split_whitespace).any(
        |name| {
            let name: String =
                name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            BODY_NAMES.contains(&name.as_str())
        },
    )
}

/// Whether an element is a column of a grid, as the frameworks name them: `col-md-8`, `span8`, `large-8 columns`.
pub fn is_column(tree: &Tree, id: NodeId) -> bool {
    let classes = tree.attribute(id, "class").into_iter().flat_map(str::split_whitespace);
    classes.into_iter().any(|class| {
        let rest = ["col-", "span", "columns", "column", "grid_", "grid-"]
            .iter()
            .find_map(|name| class.strip_prefix(name));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(|c: char| c.is_ascii_digit()))
    })
}

/// Classes of the buttons that block editors make of links, and of what only wraps such buttons.
#[rustfmt::skip]
const BUTTONS: &[&str] = &[
    "wp-block-button", "wp-block-buttons", "wp-block-button__link", "wp-block-file", "kg-button-card", "kg-btn",
    "elementor-button-wrapper", "elementor-button", "elementor-widget-button", "et_pb_button_module_wrapper",
    "et_pb_button", "sqs-block-button", "sqs-block-button-container", "fusion-button-wrapper", "vc_btn3-container",
    "fl-button-wrap", "uagb-buttons__wrap", "gb-button-wrapper", "su-button", "govuk-button", "download-button",
];

/// Whether an element is a button that an author set into the text, or a row of them: a link like those in
/// sentences, and no menu.
pub fn is_button(tree: &Tree, id: NodeId) -> bool {
    let named = |id: NodeId| {
        let classes = tree.attribute(id, "class").into_iter().flat_map(str::split_whitespace);
        classes.into_iter().any(|class| BUTTONS.contains(&class))
    };
    // A wrapper between the row and the button has a name of its theme's.
    named(id) || tree.children(id).filter(|&child| tree.is_element(child)).take(3).any(named)
}

/// Names of the element that holds the text, without punctuation.
#[rustfmt::skip]
const BODY_NAMES: &[&str] = &[
    "articlebody", "articlecontent", "articletext", "articlebodycontent", "articlebodytext",
    "bodycopy", "blogcontent", "blogpostbody", "contentbody", "entrycontent", "econtent",
    "fieldnamebody", "fieldbody", "maincontent", "mwparseroutput", "newsbody", "newscontent",
    "newstext", "postbody", "postcontent", "postentry", "postarticle", "singlecontent", "storybody",
    "storycontent", "storytext", "tdpostcontent", "textcontent", "tribeventscontent", "pagecontent",
];

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

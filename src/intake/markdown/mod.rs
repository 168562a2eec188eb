//! Markdown with front matter, as Hugo, Jekyll and Zola keep their content.
//!
//! Owns what front matter, file names and folders of these programs mean. It must never decide what is safe to
//! show: its bodies, and the HTML that authors put between the Markdown, go through the gate like any other.

mod body;
mod fields;
mod front_matter;
mod place;
mod shortcodes;
mod value;

#[cfg(test)]
mod tests;

use super::text::{language, utf8};
use super::{Arrival, Body, Draft, Format, Reading, Refusal, RefusalKind};
use crate::bulletin::{Basis, Published};
use crate::intake::date;
use fields::Fields;
use place::Place;

pub const FORMAT: Format = Format {
    name: "markdown",
    media_types: &["text/markdown", "text/x-markdown"],
    extensions: &["md", "markdown", "mdown"],
    sniff: front_matter::begins_with_it,
    collection: false,
    parse,
};

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Reading, Refusal> {
    let what = arrival.path.as_deref().unwrap_or("the Markdown");
    let text = utf8(bytes, what)?;
    let (said, rest) = front_matter::split(text)?;
    let place = Place::of(arrival.path.as_deref().unwrap_or_default());
    let fields = Fields::new(&said, &place, arrival.hints.url.as_deref());
    let refused = |why: &str| Err(Refusal::new(RefusalKind::Unprocessable, what, why));
    if place.is_draft || fields.is_draft() {
        return refused("it is a draft: what its author has not published is not taken in");
    }
    let Some(read) = body::read(&shortcodes::expanded(rest), fields.title()) else {
        return refused("quotations and lists lie more than a hundred deep in it");
    };
    if place.is_section && read.text.is_empty() {
        return refused("it is a section page without a text of its own: it only lists other pages");
    }
    let title = fields.title().or(read.title).or(place.title);
    let shown = format!("{}\n{}", title.as_deref().unwrap_or_default(), read.text);
    Ok(Draft {
        published: fields.published().or(place.published).or_else(|| dateline(&read.text)),
        // What its author says, then where its author put it, then what it looks like.
        language: fields.language().or(place.language).or_else(|| language(&shown)),
        authors: fields.authors(),
        summary: fields.summary().or(read.summary),
        body: Body::Html(read.html),
        categories: fields.categories(),
        url: fields.url(),
        id: fields.id(),
        also_at: fields.also_at(),
        enclosures: fields.images(),
        title,
        ..Draft::default()
    }
    .into())
}

/// A day that stands alone at the beginning of the text, as authors without front matter date what they write.
fn dateline(text: &str) -> Option<Published> {
    let dates = text.lines().take(2).filter_map(date::exactly);
    let date = dates.into_iter().find(|date| date.day().is_some())?;
    Some(Published { basis: Basis::Stated, date })
}

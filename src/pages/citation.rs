//! How to cite a bulletin: as text, and as BibTeX for reference managers.
//!
//! Both name the version and its hash, so that whoever follows the citation can tell whether they read the same text.

use maud::{Markup, html};

use super::article::ArticleView;
use super::layout::direction;
use super::messages::fill;
use super::{Site, dates};
use crate::bulletin::PartialDate;
use crate::permalink::Route;
use jiff::tz::Offset;

/// More authors than a citation names.
const AUTHORS_MAX: usize = 12;

/// The section on the page of a bulletin.
pub fn section(site: &Site, view: &ArticleView) -> Markup {
    let words = site.words();
    let language = view.content.language.as_deref();
    html! {
        section.cite aria-labelledby="cite" {
            h2 id="cite" { (words.cite) }
            p.citation lang=[language] dir=(direction(language)) { (as_text(site, view)) }
            details {
                summary { (words.cite_bibtex) }
                div.wide tabindex="0" role="region" aria-label=(words.cite_bibtex) {
                    pre { code { (as_bibtex(site, view)) } }
                }
            }
        }
    }
}

/// Who, when, what, where, which version, and its hash. The title keeps its own language and direction.
fn as_text(site: &Site, view: &ArticleView) -> Markup {
    let words = site.words();
    let language = site.interface.language;
    let date = dates::words(language, &view.published.date);
    let captured = language.day(Offset::UTC.to_datetime(view.captured).date());
    let version = fill(words.cite_version, &[("version", &view.version.to_string()), ("date", &captured)]);
    let permalink = cited(site, view);
    html! {
        bdi { (authors(site, view).join(", ")) } " (" bdi { (date) } "). "
        cite { (view.content.title) } ". "
        bdi { (site.title) } ", " bdi { (version) } ". "
        a dir="ltr" href=(permalink) { (permalink) } ". "
        span.hash dir="ltr" { "sha-256:" (view.digest.hex()) }
    }
}

/// The address to cite: the permalink, or of an old version its own.
fn cited(site: &Site, view: &ArticleView) -> String {
    let route = if view.memento { Route::Version(view.id, view.version) } else { view.permalink() };
    site.links.url(&route)
}

/// Who is cited as its author: those it names, or whoever publishes the archive.
fn authors(site: &Site, view: &ArticleView) -> Vec<String> {
    let named: Vec<String> =
        view.content.authors.iter().map(|it| it.name.clone()).take(AUTHORS_MAX).collect();
    if named.is_empty() { vec![site.title.clone()] } else { named }
}

/// An `@online` entry of biblatex, whose dates may be a year or a month alone (ISO 8601-2).
pub fn as_bibtex(site: &Site, view: &ArticleView) -> String {
    // Each is one name, which BibTeX would otherwise take apart at its spaces and at "and".
    let authors: Vec<String> =
        authors(site, view).iter().map(|name| format!("{{{}}}", escaped(name))).collect();
    let date = match view.published.date {
        PartialDate::Instant(..) => view.published.date.first_day().to_string(),
        date => date.to_string(),
    };
    let captured = Offset::UTC.to_datetime(view.captured).date();
    let fields = [
        ("author", authors.join(" and ")),
        ("title", format!("{{{}}}", escaped(&view.content.title))),
        ("organization", format!("{{{}}}", escaped(&site.title))),
        ("date", date),
        ("url", cited(site, view)),
        ("version", format!("{} ({captured})", view.version)),
        ("note", format!("SHA-256 {}", view.digest.hex())),
    ];
    let fields: String = fields.iter().map(|(name, value)| format!("  {name} = {{{value}}},\n")).collect();
    format!("@online{{{},\n{fields}}}", view.id)
}

/// Text that neither TeX nor BibTeX reads anything into, on one line.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => safe.push_str("\\textbackslash{}"),
            '~' => safe.push_str("\\textasciitilde{}"),
            '^' => safe.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => safe.extend(['\\', c]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_title_means_anything_to_tex() {
        assert_eq!(escaped("50% of {all} \\ R&D_1"), "50\\% of \\{all\\} \\textbackslash{} R\\&D\\_1");
        assert_eq!(escaped("two\nlines"), "two lines");
    }
}

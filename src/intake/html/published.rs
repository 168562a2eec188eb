//! When a page says that it was published.
//!
//! Owns the order in which the dates of a page are believed; [`places`] finds them. It must never read the
//! clock: what is no date of publication is left out, not replaced.
//!
//! Each place where pages put a date has a weight. A date that the page states for machines counts most, one
//! near the headline next, a date of change only where there is no other. Where a page states several days,
//! the one that it shows its readers counts.

mod machine;
mod marks;
mod places;

use jiff::tz::{Offset, TimeZone};
use url::Url;

use self::machine::machine_date;
use super::head::Head;
use super::lines::{Line, parted};
use super::linked_data::LinkedData;
use crate::bulletin::{Basis, PartialDate, Published};
use crate::intake::date::{self, Order};
use crate::intake::markup::{NodeId, Tree};

/// What is looked at to find the date.
pub struct Page<'a> {
    pub tree: &'a Tree,
    pub source: &'a str,
    pub head: &'a Head<'a>,
    pub linked: &'a LinkedData,
    pub lines: &'a [Line],
    /// The heading that is the title, and the article.
    pub headline: Option<NodeId>,
    pub article: std::ops::Range<NodeId>,
    pub address: Option<&'a Url>,
}

/// A date that weighs less is too likely another thing's.
const WEIGHT_MIN: i32 = 5;

/// From here on a date stands where that of an article stands: in a line near the headline, or marked.
const SHOWN_MIN: i32 = 45;

/// A date found somewhere in the page. Weights are on one scale: from 98 the page names the day of
/// publication for machines, from 60 it marks or shows a date where that of an article stands, from 40 the
/// date is near the headline, around 28 it is of a change, below that it is somewhere in the text.
struct Candidate {
    date: PartialDate,
    weight: i32,
    basis: Basis,
    kind: Kind,
}

/// What a date is said to be of, and to whom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Declared for machines: of publication, or of the writing before it.
    Declared,
    /// Declared for machines: of a change.
    Changed,
    /// Shown to readers, without word of a change.
    Shown,
    /// Shown to readers as that of a change.
    ShownChange,
    /// In an address or in data of scripts.
    Hidden,
}

pub fn published(page: &Page<'_>) -> Option<Published> {
    let mut found = places::find(page, order(page.head, page.address));
    drop_later_than_changes(&mut found);
    // Of equals the first: it stands nearest to the top of the page.
    let best = found.iter().rev().max_by_key(|candidate| candidate.weight)?;
    if best.weight < WEIGHT_MIN {
        return None;
    }
    let best = shown_instead(best, &found).unwrap_or(best);
    let date = local(best, &found).unwrap_or_else(|| finer(best, &found));
    Some(Published { date, basis: best.basis })
}

/// A page that says when it last changed was published no later: a later date in its text is of what the
/// text announces.
fn drop_later_than_changes(found: &mut Vec<Candidate>) {
    let changes =
        found.iter().filter(|candidate| matches!(candidate.kind, Kind::Changed | Kind::ShownChange));
    let Some(last) = changes.map(|change| change.date.first_day()).max() else { return };
    // The reader's day may be one later than that of the page's clock.
    let last = last.tomorrow().unwrap_or(last);
    // What is marked as the date of publication is so even where the day of the change is wrong.
    found.retain(|candidate| {
        candidate.kind != Kind::Shown || candidate.weight >= 60 || candidate.date.first_day() <= last
    });
}

/// Another day that the page declares and shows, where the best one is declared and nowhere to be seen:
/// systems that write the day of entry, or of the last change, into every declaration are common, and so
/// are pages that are dated anew when they are rewritten.
fn shown_instead<'a>(best: &Candidate, found: &'a [Candidate]) -> Option<&'a Candidate> {
    if best.kind != Kind::Declared {
        return None;
    }
    let shows = |day: jiff::civil::Date, least: i32| {
        found.iter().any(|candidate| {
            candidate.kind == Kind::Shown
                && candidate.weight >= least
                // Declared in UTC and shown in local time, the same moment is a day apart at most.
                && candidate.date.day().is_some_and(|shown| (shown - day).get_days().abs() <= 1)
        })
    };
    let day = best.date.day()?;
    // Even a mention far from the headline speaks for a day.
    if shows(day, i32::MIN) {
        return None;
    }
    let declared = |candidate: &&Candidate| matches!(candidate.kind, Kind::Declared | Kind::Changed);
    found
        .iter()
        .filter(declared)
        .filter(|other| other.date.day().is_some_and(|other| other != day && shows(other, SHOWN_MIN)))
        .max_by_key(|other| other.weight)
}

/// The day that the page shows, where what it states for machines is a time in UTC on the day before or
/// after: around midnight its readers' day is another one.
fn local(best: &Candidate, found: &[Candidate]) -> Option<PartialDate> {
    let PartialDate::Instant(at, Offset::UTC) = best.date else { return None };
    let shows = |candidate: &&Candidate| {
        let PartialDate::Day(day) = candidate.date else { return false };
        // From UTC-12 to UTC+14, a moment within the day there.
        let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map(|noon| noon.timestamp());
        let apart = noon.map(|noon| at.duration_since(noon).as_hours().abs());
        candidate.weight >= 50 && best.date.day() != Some(day) && apart.is_ok_and(|hours| hours < 25)
    };
    let agrees = found
        .iter()
        .any(|candidate| candidate.weight >= 50 && candidate.date == PartialDate::Day(best.date.first_day()));
    found.iter().find(shows).filter(|_| !agrees).map(|candidate| candidate.date)
}

/// The same day where another place tells the time as well.
fn finer(best: &Candidate, found: &[Candidate]) -> PartialDate {
    let same_day = |candidate: &&Candidate| {
        matches!(candidate.date, PartialDate::Instant(..))
            && candidate.date.day() == best.date.day()
            && candidate.weight >= 60
    };
    match best.date {
        PartialDate::Day(_) => found.iter().find(same_day).map_or(best.date, |candidate| candidate.date),
        other => other,
    }
}

/// The date that a part of a page carries: in an element marked as a date, else in a line that is one.
pub fn within(tree: &Tree, node: NodeId, order: Order) -> Option<PartialDate> {
    // A dozen nodes hold a date in its parts, and no paragraph that begins with one.
    let elements = || tree.subtree(node).filter(|&id| tree.is_element(id) && tree.end(id) - id <= 12);
    let machine =
        elements().filter_map(|id| tree.attribute(id, "datetime")).find_map(|text| machine_date(text, order));
    let line = || elements().find_map(|id| date::exactly_with(&parted(tree, id), order));
    machine.or_else(line).filter(|date| date.day().is_some())
}

/// `4/5/2018` is 5 April on pages from the United States. Those that say no more than that they are in
/// English count as such, unless they name another country or stand under its domain.
pub fn order(head: &Head<'_>, address: Option<&Url>) -> Order {
    let said: Vec<String> = head
        .language
        .into_iter()
        .chain(head.meta(&["og:locale"]))
        .chain(head.meta(&["content-language"]))
        .map(|said| said.replace('_', "-").to_ascii_lowercase())
        .collect();
    if said.iter().any(|said| said.starts_with("en-us")) {
        return Order::MonthFirst;
    }
    let country = address.and_then(Url::host_str).and_then(|host| host.rsplit('.').next());
    let elsewhere = country.is_some_and(|country| country.len() == 2 && country != "us");
    let english = said.first().is_some_and(|said| said == "en") && said.iter().all(|said| said.len() == 2);
    if english && !elsewhere { Order::MonthFirst } else { Order::DayFirst }
}

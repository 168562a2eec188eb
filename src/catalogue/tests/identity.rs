//! Which bulletin a submission is, whatever the order in which submissions come.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::apply::{Placed, claim};
use super::super::identity::decide;
use super::super::key::{self, HashKind};
use super::super::overlay::Changes;
use super::super::record::{Bulletin, EventRecord};
use super::super::state::State;
use super::super::{Catalogue, Pending};
use super::world::{Disk, Said, Step, alias, apply_to, entry, id_of};
use crate::bulletin::{BulletinId, PartialDate};
use crate::digest::Digest;
use crate::journal::event::{Action, Event};
use crate::journal::{Place, Position};

/// A submission of one of four bulletins: always under the bulletin's common name, perhaps under two others;
/// what a source says varies.
fn submission() -> impl Strategy<Value = Said> {
    let others = prop::sample::subsequence(vec![1u8, 2], 0..=2);
    (0..4u8, 0..3u8, others, 0..4u16, any::<bool>()).prop_map(|(bulletin, source, others, variant, long)| {
        Said {
            source,
            aliases: [0].into_iter().chain(others).map(|name| 6 * bulletin + name).collect(),
            content: 10 * u16::from(bulletin) + variant,
            // Two variants have the same text in another form.
            text: 10 * bulletin + (variant / 2) as u8,
            text_chars: if long { 400 } else { 12 },
            categories: Vec::new(),
            year: None,
            minor: false,
            target: None,
        }
    })
}

/// Admits as the writer does: what says nothing is not written down.
fn admitted(submissions: &[Said]) -> (Catalogue, u64) {
    let catalogue = Disk::default().catalogue();
    let mut position = Position { segment: 1, ..Position::START };
    for said in submissions {
        let mut pending = Pending::new(&catalogue);
        let mut next = position;
        let entry = entry(&Step::Admit(said.clone()), &mut next);
        let event = Event::parse(&entry.json).unwrap();
        let Action::Admit(admission) = &event.action else { unreachable!() };
        if decide(&pending, &claim(admission, admission.content_digest())).unwrap().says_nothing {
            continue;
        }
        position = next;
        apply_to(&mut pending, &entry);
        catalogue.take_up(pending.into_overlay());
    }
    (catalogue, position.seq)
}

/// By its names, the contents that are known of each bulletin: its number and id depend on which name came first.
fn known(catalogue: &Catalogue, events: u64) -> BTreeMap<BTreeSet<String>, BTreeSet<Digest>> {
    let mut contents: BTreeMap<u64, BTreeSet<Digest>> = BTreeMap::new();
    for event in (1..=events).map(|number| catalogue.known_event(number).unwrap()) {
        contents.entry(event.bulletin).or_default().extend(event.admitted.map(|admitted| admitted.content));
    }
    let names = |number: u64| {
        let bulletin = catalogue.known_bulletin(number).unwrap();
        bulletin.aliases.iter().map(|alias| alias.0.clone()).collect()
    };
    contents.into_iter().map(|(number, contents)| (names(number), contents)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_the_order_of_arrival_the_same_bulletins_names_and_contents_result(
        (submissions, shuffled) in prop::collection::vec(submission(), 1..40)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let (one, one_events) = admitted(&submissions);
        let (other, other_events) = admitted(&shuffled);
        prop_assert_eq!(known(&one, one_events), known(&other, other_events));
    }
}

/// A bulletin that has the id that `name` would give, as if two names gave the same 50 bits.
fn squatter(number: u64, id: BulletinId) -> Changes {
    let bulletin = Bulletin {
        id,
        entry_id: format!("tag:example.org,2020:{id}"),
        slug: "slug".into(),
        aliases: Vec::new(),
        versions: vec![number],
        said: Vec::new(),
        categories: Vec::new(),
        on: PartialDate::Year(2020).into(),
        updated: 0,
        withdrawn: None,
        restored: None,
        touched: number,
    };
    Changes {
        position: Position { seq: number, segment: 1, ..Position::START },
        event: EventRecord {
            place: Place::default(),
            at: 0,
            bulletin: number,
            admitted: None,
            shown: number,
            version: 1,
            updated: 0,
            categories: Vec::new(),
        },
        bulletin: Some((number, bulletin)),
        hashes: vec![(HashKind::Id, key::short(Digest::of(id.as_str().as_bytes())), number)],
        items: Vec::new(),
        calendar: Vec::new(),
        names: None,
    }
}

fn plain(name: u8) -> Said {
    Said {
        source: 0,
        aliases: vec![name],
        content: name.into(),
        text: name,
        text_chars: 12,
        categories: Vec::new(),
        year: None,
        minor: false,
        target: None,
    }
}

#[test]
fn an_id_that_another_bulletin_has_is_never_given_again() {
    let catalogue = Disk::default().catalogue();
    let mut pending = Pending::new(&catalogue);
    let second = BulletinId::from_digest(&Digest::of(format!("{}\n1", alias(0)).as_bytes()));
    pending.take_up(squatter(1, id_of(0)));
    pending.take_up(squatter(2, second));
    let mut position = Position { seq: 2, segment: 1, ..Position::START };
    apply_to(&mut pending, &entry(&Step::Admit(plain(0)), &mut position));
    let bulletin = pending.known_bulletin(3).unwrap();
    let third = BulletinId::from_digest(&Digest::of(format!("{}\n2", alias(0)).as_bytes()));
    assert_eq!((bulletin.id, pending.by_id(&third).unwrap()), (third, Some(3)));
    assert_eq!(pending.by_id(&id_of(0)).unwrap(), Some(1), "who has an id keeps it");
}

#[test]
fn short_hashes_that_meet_by_chance_decide_nothing() {
    let catalogue = Disk::default().catalogue();
    let mut pending = Pending::new(&catalogue);
    let mut changes = squatter(1, id_of(1));
    let name = alias(0).to_string();
    // The look-up of a name, a content and a text lead to a bulletin that has none of them.
    for (kind, digest) in [(HashKind::Alias, Digest::of(name.as_bytes())), (HashKind::Text, Digest::of(&[0]))]
    {
        changes.hashes.push((kind, key::short(digest), 1));
    }
    pending.take_up(changes);
    let mut position = Position { seq: 1, segment: 1, ..Position::START };
    apply_to(&mut pending, &entry(&Step::Admit(Said { text_chars: 400, ..plain(0) }), &mut position));
    assert_eq!(pending.by_alias(&name).unwrap(), Some(2));
}

#[test]
fn an_entry_id_that_was_minted_here_names_its_bulletin_when_it_comes_back() {
    let catalogue = Disk::default().catalogue();
    let mut pending = Pending::new(&catalogue);
    pending.take_up(squatter(1, id_of(2)));
    let mut position = Position { seq: 1, segment: 1, ..Position::START };
    let said = entry(&Step::Admit(plain(0)), &mut position);
    let json = String::from_utf8(said.json).unwrap();
    let returned = format!("entry:tag:example.org,2020:{}", id_of(2));
    let json = json.replace(&alias(0).to_string(), &returned);
    let event = Event::parse(json.as_bytes()).unwrap();
    let placed = Placed { event: &event, digest: Digest::of(json.as_bytes()), place: said.place };
    let Action::Admit(admission) = &placed.event.action else { unreachable!() };
    let decision = decide(&pending, &claim(admission, admission.content_digest())).unwrap();
    assert_eq!(decision.bulletin.map(|(number, _)| number), Some(1));
    assert!(decision.aliases.is_empty(), "and needs no other name: {:?}", decision.aliases);
}

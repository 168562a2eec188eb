//! The paths of the editor's desk.

use std::fmt;

use super::{Read, Route, id, term};
use crate::bulletin::BulletinId;

/// A place at the editor's desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Desk {
    Home,
    SignIn,
    SignOut,
    /// Where a draft is handed in.
    Drafts,
    /// What becomes of one, under the name that it was given.
    Draft(String),
    Bulletin(BulletinId),
    Withdraw(BulletinId),
    Restore(BulletinId),
    Sources,
}

pub const PLACES: [(&str, Read); 9] = [
    ("/desk", |_| Some(Route::Desk(Desk::Home))),
    ("/desk/sign-in", |_| Some(Route::Desk(Desk::SignIn))),
    ("/desk/sign-out", |_| Some(Route::Desk(Desk::SignOut))),
    ("/desk/drafts", |_| Some(Route::Desk(Desk::Drafts))),
    ("/desk/drafts/{draft}", |p| Some(Route::Desk(Desk::Draft(term(p.get("draft")?)?)))),
    ("/desk/bulletins/{id}", |p| Some(Route::Desk(Desk::Bulletin(id(p)?)))),
    ("/desk/bulletins/{id}/withdraw", |p| Some(Route::Desk(Desk::Withdraw(id(p)?)))),
    ("/desk/bulletins/{id}/restore", |p| Some(Route::Desk(Desk::Restore(id(p)?)))),
    ("/desk/sources", |_| Some(Route::Desk(Desk::Sources))),
];

impl fmt::Display for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Desk::Home => f.write_str("/desk"),
            Desk::SignIn => f.write_str("/desk/sign-in"),
            Desk::SignOut => f.write_str("/desk/sign-out"),
            Desk::Drafts => f.write_str("/desk/drafts"),
            Desk::Draft(draft) => write!(f, "/desk/drafts/{draft}"),
            Desk::Bulletin(id) => write!(f, "/desk/bulletins/{id}"),
            Desk::Withdraw(id) => write!(f, "/desk/bulletins/{id}/withdraw"),
            Desk::Restore(id) => write!(f, "/desk/bulletins/{id}/restore"),
            Desk::Sources => f.write_str("/desk/sources"),
        }
    }
}

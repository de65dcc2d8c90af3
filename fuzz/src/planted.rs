//! A subject by name, perhaps with a bug planted in it: `launder-folio`, `launder-folio+no-recheck`.

use launder_impls::{Card, Subject, cards};
use launder_oracle::nearest;
use std::fmt;
use std::str::FromStr;

/// A subject, perhaps broken on purpose.
///
/// ```
/// use launder_fuzz::Planted;
///
/// let planted: Planted = "launder-folio+no_launder".parse()?;
/// assert_eq!((planted.card.name, planted.bug), ("launder-folio", Some("no_launder")));
/// let error = "launder-foilo".parse::<Planted>().unwrap_err();
/// assert!(error.to_string().ends_with("did you mean `launder-folio`?"));
/// # Ok::<(), launder_fuzz::NoSubject>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Planted {
    /// The subject.
    pub card: &'static Card,
    /// The way in which it is broken.
    pub bug: Option<&'static str>,
}

/// Why a name is no subject's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSubject(String);

impl Planted {
    /// A subject that need be in no list, as it is: one of your own.
    pub fn of<S: Subject>() -> Planted {
        Planted { card: const { &Card::of::<S>() }, bug: None }
    }

    /// Every subject, as it is.
    pub fn all() -> impl Iterator<Item = Planted> {
        cards().map(|card| Planted { card, bug: None })
    }

    /// Every model, as it is.
    pub fn models() -> Vec<Planted> {
        Planted::all().filter(Planted::is_model).collect()
    }

    /// This subject with each of its bugs in turn.
    pub fn bugs(self) -> impl Iterator<Item = Planted> {
        self.card.bugs.iter().map(move |bug| Planted { bug: Some(bug.name), ..self })
    }

    /// This subject, and the same with each of its bugs in turn.
    pub fn and_bugs(self) -> impl Iterator<Item = Planted> {
        std::iter::once(self).chain(self.bugs())
    }

    /// Whether it stands on nothing but memory, and so runs anywhere and by steps.
    pub fn is_model(&self) -> bool {
        self.card.is_model()
    }
}

impl FromStr for Planted {
    type Err = NoSubject;

    fn from_str(name: &str) -> Result<Planted, NoSubject> {
        let whole = Planted::all().find(|planted| planted.card.name == name);
        let broken = || Planted::all().flat_map(Planted::bugs).find(|planted| planted.to_string() == name);
        whole.or_else(broken).ok_or_else(|| NoSubject(why(name)))
    }
}

/// Says that there is no such subject, and which names are close.
fn why(name: &str) -> String {
    let wanted = name.split('+').next().unwrap_or(name);
    let names: Vec<String> = match Planted::all().find(|planted| planted.card.name == wanted) {
        Some(planted) => planted.bugs().map(|planted| planted.to_string()).collect(),
        None => Planted::all().map(|planted| planted.to_string()).collect(),
    };
    let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("no subject `{shown}`; did you mean `{near}`?"),
        None => format!("no subject `{shown}`; `launder list` names all, and their bugs"),
    }
}

impl fmt::Display for Planted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.card.name)?;
        self.bug.map_or(Ok(()), |bug| write!(f, "+{bug}"))
    }
}

impl fmt::Display for NoSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoSubject {}

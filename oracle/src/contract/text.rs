//! A contract's text: a name, axes, or a name and the axes that differ.

use super::{AXES, Atomic, Contract, Direct, Divergence, Hosts, Loser, Maps, Notify, Open};
use crate::nearest;
use std::fmt;
use std::str::FromStr;

impl Contract {
    fn set(&mut self, axis: &str, word: &str) -> Result<(), ContractError> {
        match axis {
            "hosts" => self.hosts = Hosts::named(word)?,
            "open" => self.open = Open::named(word)?,
            "notify" => self.notify = Notify::named(word)?,
            "maps" => self.maps = Maps::named(word)?,
            "direct" => self.direct = Direct::named(word)?,
            "divergence" => self.divergence = Divergence::named(word)?,
            "loser" => self.loser = Loser::named(word)?,
            "atomic" => self.atomic = Atomic::named(word)?,
            _ => {
                let why = "no axis (hosts open notify maps direct divergence loser atomic)".into();
                let near = nearest(axis, AXES.iter().map(|axis| axis.name));
                return Err(ContractError { word: axis.into(), why, near });
            }
        }
        Ok(())
    }
}

/// Why a text is no contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    pub(super) word: String,
    pub(super) why: String,
    pub(super) near: Option<&'static str>,
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "contract: `{}`: {}", self.word, self.why)?;
        self.near.map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
    }
}

impl std::error::Error for ContractError {}

/// A name (`nfs`), axes (`hosts=cached,open=fresh`: those left out are at their strongest), or a name and then axes that
/// differ from it.
///
/// ```
/// use launder_oracle::{Contract, Hosts};
///
/// let nfs: Contract = "nfs".parse()?;
/// assert_eq!(nfs, Contract::NFS);
/// let stronger: Contract = "nfs,hosts=coherent".parse()?;
/// assert_eq!(stronger.hosts, Hosts::Coherent);
/// assert!(stronger.implies(&nfs) && !nfs.implies(&stronger));
/// let error = "nfs,host=coherent".parse::<Contract>().unwrap_err();
/// assert!(error.to_string().ends_with("did you mean `hosts`?"));
/// # Ok::<(), launder_oracle::ContractError>(())
/// ```
impl FromStr for Contract {
    type Err = ContractError;

    fn from_str(text: &str) -> Result<Contract, ContractError> {
        let mut contract = Contract::STRONGEST;
        for (place, part) in text.split(',').enumerate() {
            match part.split_once('=') {
                Some((axis, word)) => contract.set(axis.trim(), word.trim())?,
                None => {
                    let named = Contract::NAMED.iter().find(|(name, _)| *name == part.trim());
                    match named {
                        Some((_, named)) if place == 0 => contract = *named,
                        _ => {
                            let why = "no contract (posix linux nfs fuse afs) and no axis=point".into();
                            let near = nearest(part.trim(), Contract::NAMED.map(|(name, _)| name));
                            let near = near.filter(|_| place == 0);
                            return Err(ContractError { word: part.trim().into(), why, near });
                        }
                    }
                }
            }
        }
        Ok(contract)
    }
}

impl Contract {
    /// It in few words, which can be read again: the name of the contract that is nearest, and the points in which it differs from
    /// that. Of names that are as near it is the one that is a part of `who`, who promises this, or else the first.
    ///
    /// ```
    /// use launder_oracle::{Contract, Loser};
    ///
    /// assert_eq!(Contract::AFS, Contract::FUSE);
    /// assert_eq!(Contract::AFS.promised_by("afs-2.6.22"), "afs");
    /// assert_eq!(Contract::AFS.promised_by("launder-folio"), "fuse");
    /// let weaker = Contract { loser: Loser::Local, ..Contract::FUSE };
    /// assert_eq!(weaker.promised_by("divergence-discard"), "fuse,loser=local");
    /// assert_eq!(weaker.to_string().parse(), Ok(weaker));
    /// ```
    pub fn promised_by(&self, who: &str) -> String {
        let nearest = Contract::NAMED.iter().map(|(name, named)| (*name, self.apart_from(named)));
        let is_theirs = |name: &str| who.split('-').any(|part| part == name);
        let nearest = nearest.min_by_key(|(name, apart)| (apart.len(), !is_theirs(name)));
        let (name, apart) = nearest.unwrap_or_default();
        std::iter::once(name.to_string()).chain(apart).collect::<Vec<_>>().join(",")
    }

    /// The points that it has where the other has others.
    fn apart_from(&self, other: &Contract) -> Vec<String> {
        let both = self.words().into_iter().zip(other.words());
        both.filter(|(own, other)| own != other).map(|((axis, point), _)| format!("{axis}={point}")).collect()
    }
}

/// Its name where it has one; otherwise the name that is nearest, and the points that differ.
impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.promised_by(""))
    }
}

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

/// Its name where it has one, and its axes otherwise.
impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = Contract::NAMED.iter().find(|(_, named)| named == self) {
            return f.write_str(name);
        }
        f.write_str(&self.words().map(|(axis, point)| format!("{axis}={point}")).join(","))
    }
}

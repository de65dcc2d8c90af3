//! What subjects and traces are held to, as it was given: two contracts that have names may say the same.

use launder_impls::Card;
use launder_oracle::{Contract, ContractError};
use std::fmt;
use std::str::FromStr;

/// A contract, in the words that named it.
#[derive(Clone, Debug)]
pub struct Held {
    /// What it promises.
    pub contract: Contract,
    words: String,
}

impl Held {
    /// What is promised, if a contract was given.
    pub fn axes(held: &Option<Held>) -> Option<Contract> {
        held.as_ref().map(|held| held.contract)
    }
}

impl From<&Card> for Held {
    fn from(card: &Card) -> Held {
        Held { contract: card.contract, words: card.promises() }
    }
}

impl FromStr for Held {
    type Err = ContractError;

    fn from_str(text: &str) -> Result<Held, ContractError> {
        Ok(Held { contract: text.parse()?, words: text.split_whitespace().collect() })
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

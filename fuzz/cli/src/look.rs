//! How much room there is on standard output, and whether it shows colours.

use console::Term;
use launder_fuzz::Look;
use std::env;

/// How timelines are to look there: as wide as the terminal, in colour if it has colours; a file gets 80 columns and none.
/// <https://no-color.org>: "when present and not an empty string (regardless of its value), prevents the addition of ANSI color";
/// <https://bixense.com/clicolors>: `CLICOLOR_FORCE` "ANSI colors should be enabled no matter what", `CLICOLOR=0` never.
pub fn look() -> Look {
    let width = Term::stdout().size_checked().map_or(Look::PLAIN.width, |(_, columns)| columns.into());
    let refused = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    Look { width, colour: !refused && console::colors_enabled() }
}

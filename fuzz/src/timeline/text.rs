//! Pieces of text, each in the colour of the write that it names, and lines of them that are never cut.

use launder_oracle::Value;

/// A word or more that stands together, and the write in whose colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub value: Option<Value>,
}

/// Pieces with a space between each two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text(pub Vec<Piece>);

impl Text {
    /// Plain words.
    pub fn plain(text: &str) -> Text {
        let word = |word: &str| Piece { text: word.into(), value: None };
        Text(text.split(' ').map(word).collect())
    }

    /// A sentence, in which writes are named by their numbers.
    pub fn prose(text: &str) -> Text {
        let mut text = Text::plain(text);
        for at in 1..text.0.len() {
            let digits = text.0[at].text.trim_end_matches(|c: char| !c.is_ascii_digit());
            let number = digits.parse().ok().filter(|_| text.0[at - 1].text.ends_with("write"));
            text.0[at].value = number.map(Value::of);
        }
        text
    }

    /// Gives words that are numbers of writes their colours.
    pub fn colour_numbers(&mut self) {
        self.0.iter_mut().for_each(|piece| piece.value = piece.text.parse().ok().map(Value::of));
    }

    /// Adds a word.
    pub fn push(&mut self, text: impl Into<String>, value: Option<Value>) {
        self.0.push(Piece { text: text.into(), value });
    }

    /// Characters that it takes.
    pub fn width(&self) -> usize {
        let letters: usize = self.0.iter().map(|piece| piece.text.chars().count()).sum();
        letters + self.0.len().saturating_sub(1)
    }

    /// Lines of it, none wider than `width`, those after the first with `indent` spaces less room.
    pub fn lines(&self, width: usize, indent: usize) -> Vec<Text> {
        let mut lines = vec![Text::default()];
        for piece in &self.0 {
            let room = if lines.len() == 1 { width } else { width.saturating_sub(indent) };
            let last = lines.last_mut().expect("there is a first");
            let wide = last.width() + 1 + piece.text.chars().count() > room;
            if wide && !last.0.is_empty() {
                lines.push(Text(vec![piece.clone()]));
            } else {
                last.0.push(piece.clone());
            }
        }
        lines
    }

    /// As it is printed; in colour, where wanted.
    pub fn paint(&self, colour: bool) -> String {
        let paint = |piece: &Piece| match piece.value.and_then(Value::number).filter(|_| colour) {
            Some(number) => format!("\x1b[{}m{}\x1b[0m", hue(number), piece.text),
            None => piece.text.clone(),
        };
        self.0.iter().map(paint).collect::<Vec<_>>().join(" ")
    }
}

/// The colour of a write, by its number: those of every terminal, but black and white, first plain and then bright.
fn hue(number: u32) -> u32 {
    const HUES: [u32; 12] = [31, 32, 33, 34, 35, 36, 91, 92, 93, 94, 95, 96];
    HUES[(number as usize - 1) % HUES.len()]
}

/// A step without the cells that it lists: they stand beside it.
pub(super) fn brief(step: &str) -> &str {
    step.split_once(": [").filter(|(_, rest)| rest.ends_with(']')).map_or(step, |(brief, _)| brief)
}

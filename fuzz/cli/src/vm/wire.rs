//! What is said over the line between a guest and who booted it: messages, each a line of words, the last of which is how many
//! bytes of text follow.

use launder_oracle::FILE_BYTES;
use std::io::{self, BufRead, ErrorKind, Read, Write};

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is: one line, and not of control characters.
    pub head: String,
    /// A text, a case or a trace for example, or none.
    pub body: String,
}

/// The name of the line, by which a guest finds it among its virtio ports.
pub const LINE: &str = "launder";
/// The word by which `launder` knows that it is the first process of a guest.
pub const INIT: &str = "vm-guest";
/// The file that lists the modules of a guest in the order in which they are loaded, and where they are.
pub const MODULES: &str = "modules/order";

/// Bytes that a head has at the most.
const HEAD: u64 = 4096;

impl Message {
    /// A message with such a head and body.
    pub fn new(head: impl Into<String>, body: impl Into<String>) -> Message {
        Message { head: head.into(), body: body.into() }
    }

    /// Its first word, and the others.
    pub fn words(&self) -> (&str, Vec<&str>) {
        let mut words = self.head.split(' ');
        (words.next().unwrap_or_default(), words.collect())
    }

    /// Says it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let text = format!("{} {}\n{}", self.head, self.body.len(), self.body);
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Hears the next; none where the other has gone between two.
    pub fn read(from: &mut impl BufRead) -> io::Result<Option<Message>> {
        let bad = |what: &str| io::Error::new(ErrorKind::InvalidData, format!("no message: {what}"));
        let mut line = Vec::new();
        if from.take(HEAD).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8(line).map_err(|_| bad("no UTF-8"))?;
        let (head, size) =
            line.strip_suffix('\n').and_then(|line| line.rsplit_once(' ')).ok_or(bad("no line"))?;
        let size: usize = size.parse().map_err(|_| bad("no number of bytes"))?;
        if size > FILE_BYTES {
            return Err(bad("too long"));
        }
        let mut body = vec![0; size];
        from.read_exact(&mut body)?;
        let body = String::from_utf8(body).map_err(|_| bad("no UTF-8"))?;
        Ok(Some(Message { head: head.into(), body }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_heard_as_they_are_said_whatever_their_texts_hold() {
        let all = [
            Message::new("hello", ""),
            Message::new("put ext4 steps", "# 7\na1 pwrite 0..1\n\na1 fsync\n"),
            Message::new("trace", "put ext4 3\nabc"),
        ];
        let mut bytes = Vec::new();
        all.iter().for_each(|message| message.write(&mut bytes).expect("it can be written"));
        let mut from = bytes.as_slice();
        for message in all {
            assert_eq!(Message::read(&mut from).expect("a message"), Some(message));
        }
        assert_eq!(Message::read(&mut from).expect("the end"), None);
    }

    #[test]
    fn what_is_no_message_is_an_error_and_never_waited_for_or_taken_into_memory() {
        let long = format!("trace {}\n", FILE_BYTES + 1);
        for text in ["hello", "hello\n", "hello x\n", "trace 5\nabc", "trace -1\n", &long, "\u{1}\n"] {
            assert!(Message::read(&mut text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Message::read(&mut [0xff, b' ', b'0', b'\n'].as_slice()).is_err());
        let endless = &mut io::BufReader::new(io::repeat(b'a'));
        assert!(Message::read(endless).is_err());
    }
}

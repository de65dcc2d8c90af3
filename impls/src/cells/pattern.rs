//! The bytes that a write stores: a pattern of its number and of the place, so that a torn, misplaced or foreign byte is
//! recognised.
//!
//! A byte is never 0, which is what holes are made of. The bytes of a cell go round the digits of the number, to base
//! 255: the first says the lowest digit, the next the sum of the lowest two, and so on, each added to a key of its place.
//! So every byte depends on the lowest digit, by which any two of a case's first 255 writes differ, and a cell of one
//! byte tells as many writes apart.

use launder_oracle::Value;

/// Digits of a number.
const DIGITS: usize = 4;
const BASE: u32 = 255;
/// Bytes that are made at once.
const BLOCK: usize = 32;
/// An odd number, near the golden part of 2^16.
const KEY: u16 = 0x9E37;

/// Numbers that a cell of so many bytes tells apart.
pub fn numbers(bytes: u64) -> u32 {
    BASE.pow(bytes.min(DIGITS as u64) as u32)
}

/// Stores write number `number` in the cell that has these bytes, the first of them at `place`.
pub fn store(cell: &mut [u8], place: u64, number: u32) {
    let mut pattern = Pattern::new(place, number);
    let (blocks, rest) = cell.as_chunks_mut();
    blocks.iter_mut().for_each(|block| *block = pattern.next());
    rest.copy_from_slice(&pattern.next()[..rest.len()]);
}

/// What the cell that has these bytes, the first of them at `place`, holds.
pub fn load(cell: &[u8], place: u64) -> Value {
    if cell[0] == 0 {
        return if is_zero(cell) { Value::ZERO } else { Value::FOREIGN };
    }
    let Some(number) = number(cell, place) else { return Value::FOREIGN };
    let mut pattern = Pattern::new(place, number);
    let (blocks, rest) = cell.as_chunks();
    let all = blocks.iter().all(|block| *block == pattern.next());
    if all && *rest == pattern.next()[..rest.len()] { Value::of(number) } else { Value::FOREIGN }
}

fn is_zero(cell: &[u8]) -> bool {
    let (blocks, rest) = cell.as_chunks();
    blocks.iter().all(|block| *block == [0; BLOCK]) && rest.iter().all(|byte| *byte == 0)
}

/// What a write stores, in blocks, without end.
struct Pattern {
    sums: [u8; BLOCK],
    long_keys: [u16; BLOCK],
}

impl Pattern {
    /// That of write number `number` from `place` on.
    fn new(place: u64, number: u32) -> Pattern {
        let (sums, first) = (sums(number), long_key(place));
        Pattern {
            sums: std::array::from_fn(|at| sums[at % DIGITS]),
            long_keys: std::array::from_fn(|at| first.wrapping_add(KEY.wrapping_mul(at as u16))),
        }
    }

    /// The next block.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // this loop the compiler makes of many bytes at once
    fn next(&mut self) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        for at in 0..BLOCK {
            block[at] = turn(self.sums[at], key(self.long_keys[at]));
            self.long_keys[at] = self.long_keys[at].wrapping_add(KEY.wrapping_mul(BLOCK as u16));
        }
        block
    }
}

/// The number that the first bytes of a cell say.
fn number(cell: &[u8], place: u64) -> Option<u32> {
    let (mut number, mut power, mut lower) = (0u64, 1u64, 0);
    for (at, byte) in cell.iter().take(DIGITS).enumerate() {
        let sum = u32::from(turn(*byte, !key(long_key(place).wrapping_add(KEY.wrapping_mul(at as u16))))) - 1;
        number += power * u64::from((sum + BASE - lower) % BASE);
        (power, lower) = (power * u64::from(BASE), sum);
    }
    let number = u32::try_from(number + 1).ok()?;
    (Value::of(number) < Value::FOREIGN).then_some(number)
}

/// One more than each sum of a number's lowest digits.
fn sums(number: u32) -> [u8; DIGITS] {
    let (mut rest, mut sum) = (number - 1, 0);
    std::array::from_fn(|_| {
        sum = (sum + rest % BASE) % BASE;
        rest /= BASE;
        sum as u8 + 1
    })
}

/// Adds `by` to a byte that is not 0, going round from 255 to 1; `!by` takes it back.
#[inline(always)]
fn turn(byte: u8, by: u8) -> u8 {
    let sum = byte.wrapping_add(by);
    sum + u8::from(sum < byte)
}

/// The key of a place, and what it is the upper half of: neighbours, and the same place of other sectors and folios,
/// differ.
#[inline(always)]
fn key(long: u16) -> u8 {
    (long >> 8) as u8
}

fn long_key(place: u64) -> u16 {
    (place as u16).wrapping_add((place >> 16) as u16).wrapping_mul(KEY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(bytes: usize, place: u64, number: u32) -> Vec<u8> {
        let mut cell = vec![0; bytes];
        store(&mut cell, place, number);
        cell
    }

    #[test]
    fn a_cell_reads_back_as_the_write_that_stored_it() {
        for bytes in [1, 2, 3, 4, 5, 13, 510, 2048] {
            for number in [1, 2, 254, 255, 256, 257, 65_025, 65_026, 1_000_000, 4_228_250_625] {
                let place = 4096 * u64::from(number % 7) + 11;
                let fits = number <= numbers(bytes as u64);
                let cell = stored(bytes, place, number);
                assert!(cell.iter().all(|byte| *byte != 0));
                assert_eq!(load(&cell, place) == Value::of(number), fits, "{number} in {bytes} bytes");
            }
        }
    }

    #[test]
    fn no_byte_of_another_write_or_place_passes() {
        let ours = stored(510, 1, 3);
        for other in
            [stored(510, 1, 4), stored(510, 1, 258), stored(510, 513, 3), stored(510, 4097, 3), vec![0; 510]]
        {
            for at in 0..ours.len() - 4 {
                let mut torn = ours.clone();
                torn[at..at + 4].copy_from_slice(&other[at..at + 4]);
                assert_eq!(load(&torn, 1), Value::FOREIGN, "bytes {at} to {}", at + 4);
            }
            assert_eq!(
                load(&other, 1) == Value::FOREIGN,
                other[0] != 0 && other != stored(510, 1, 4) && other != stored(510, 1, 258)
            );
        }
    }
}

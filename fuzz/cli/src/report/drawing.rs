//! A timeline as SVG: lanes and the cells that are held beneath each other in time, a row for each call and step.

use super::bands::{Column, columns};
use super::rows::{Row, rows};
use launder_fuzz::{Lane, Timeline};
use maud::{Markup, html};
use std::fmt::Write;

/// Pixels: of a row, of the two lines of headings, of the numbers of lines, of a lane, and of a letter.
const ROW: usize = 22;
const HEAD: usize = 34;
const NUMBERS: usize = 46;
const LANE: usize = 24;
const LETTER: f64 = 7.85;

/// A lane, and the columns of cells that are beside it.
struct Place {
    lane: Lane,
    x: usize,
    columns: Vec<(usize, Column)>,
}

pub fn drawing(timeline: &Timeline) -> Markup {
    let rows = rows(timeline);
    let (places, text) = places(timeline, &rows);
    let letters = rows.iter().map(Row::letters).max().unwrap_or(0);
    let words_wide = (letters as f64 * LETTER) as usize + 8;
    let (wide, high) = (text + words_wide, HEAD + rows.len() * ROW + 4);
    // Where there is little room, what is said changes places with the lanes.
    let places_changed = format!("--words:{words_wide}px;--lanes:{}px", text - NUMBERS);
    html! {
        svg width=(wide) height=(high) style=(places_changed) data-head=(HEAD) data-row=(ROW) {
            @for (at, row) in rows.iter().enumerate() {
                @if let Some(class) = row.class() { rect class=(class) y=(top(at)) width=(wide) height=(ROW) {} }
            }
            rect.cursor width=(wide) height=(ROW) {}
            g.lanes {
                @for place in &places { (heading(place)) }
                path.lane d=(lanes(&places, high)) {}
                path.dots d=(dots(&places, &rows)) {}
                path.bars d=(bars(&places, &rows)) {}
                @for (x, column) in places.iter().flat_map(|place| &place.columns) { (cells(*x, column)) }
            }
            @for (at, row) in rows.iter().enumerate() {
                text.l x=(NUMBERS - 8) y=(top(at) + 15) { (row.lines) }
                (words(row, text, top(at) + 15))
            }
        }
    }
}

fn top(row: usize) -> usize {
    HEAD + row * ROW
}

fn middle(row: usize) -> usize {
    top(row) + ROW / 2
}

/// The lanes and cells from left to right, and where the text begins.
fn places(timeline: &Timeline, rows: &[Row]) -> (Vec<Place>, usize) {
    let mut columns = columns(timeline, rows);
    let mut x = NUMBERS;
    let place = |lane: &Lane| {
        let at = x + LANE / 2;
        x += LANE;
        let own = columns.extract_if(.., |column| Some(column.holder) == lane.holder());
        let own: Vec<(usize, Column)> = own
            .map(|column| {
                let left = x;
                x += column.wide() + 2;
                (left, column)
            })
            .collect();
        // A heading has more letters than its lane has room for.
        let heading = at.saturating_sub(LANE / 2) + lane.name().len() * 6 + 6;
        x = x.max(heading);
        Place { lane: *lane, x: at, columns: own }
    };
    (timeline.lanes.iter().map(place).collect(), x + 10)
}

fn heading(place: &Place) -> Markup {
    html! {
        text.head x=(place.x - 7) y="13" { (place.lane.name()) }
        @for (x, column) in &place.columns {
            text.cell x=(x + column.wide() / 2) y="28" { (column.name()) }
        }
    }
}

fn lanes(places: &[Place], high: usize) -> String {
    places.iter().map(|place| format!("M{} {HEAD}V{}", place.x, high - 4)).collect()
}

fn x_of(places: &[Place], lane: Lane) -> Option<usize> {
    places.iter().find(|place| place.lane == lane).map(|place| place.x)
}

/// Steps, but those that are nobody's: lines without length, whose ends are round.
fn dots(places: &[Place], rows: &[Row]) -> String {
    let steps = rows.iter().enumerate().filter(|(_, row)| row.is_step());
    steps.filter_map(|(at, row)| Some(format!("M{} {}h0", x_of(places, row.lane)?, middle(at)))).collect()
}

/// Calls, each from its row to that of its reply; without one, to the end.
fn bars(places: &[Place], rows: &[Row]) -> String {
    let mut path = String::new();
    for (at, row) in rows.iter().enumerate() {
        let (Some(call), Some(x)) = (row.call, x_of(places, row.lane)) else { continue };
        let reply = rows.iter().position(|row| row.reply_to == Some(call)).unwrap_or(rows.len() - 1);
        let _ = write!(path, "M{x} {}", middle(at));
        let _ = if reply == at { write!(path, "h0") } else { write!(path, "V{}", middle(reply)) };
    }
    path
}

fn cells(x: usize, column: &Column) -> Markup {
    let (wide, first) = (column.wide(), |from: Option<usize>| from.unwrap_or(0));
    html! {
        g.c data-h=(column.holder_name()) data-c=(column.name()) {
            @for span in &column.spans {
                g.b.(span.class()) data-f=(span.from.map_or(-1, |from| from as i64)) data-t=(span.to) {
                    rect x=(x) y=(top(first(span.from)) + 1) width=(wide) height=((span.to - first(span.from)) * ROW - 2) {}
                    text x=(x + wide / 2) y=(top(first(span.from)) + 15) { (span.content.value) }
                }
            }
        }
    }
}

fn words(row: &Row, x: usize, y: usize) -> Markup {
    html! {
        text.r.(row.class().unwrap_or_default()).step[row.is_step()] x=(x) y=(y) {
            (row.text)
            @for why in &row.why { tspan.why { " ← " (why) } }
        }
    }
}

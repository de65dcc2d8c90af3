//! The laws of the simulator.
use launder_impls::*;

struct Show<'c>(&'c Case);
impl Visit for Show<'_> {
    type Out = Run;
    fn visit<S: Subject>(self) -> Run {
        let sim = Sim::new();
        sim.record_steps(true);
        let ground = S::Ground::prepare(&[]).unwrap();
        run::<S>(&sim, &ground, self.0, &mut sim::Holds)
    }
}

#[test]
fn a_held_ask_waits_until_a_later_one_has_begun() {
    let case = Case::parse("a1 pwrite 0..4 ~1+1\na2 pread 0..4\n").unwrap();
    let Some(Run::Trace(trace)) = visit("write-through", Show(&case)) else { panic!() };
    println!("{trace}");
}

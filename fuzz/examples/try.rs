use launder_fuzz::*;
fn main() {
    let runs: u64 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(20000);
    let only: Vec<String> = std::env::args().skip(2).collect();
    for planted in Planted::models() {
        if !only.is_empty() && !only.contains(&planted.to_string()) {
            continue;
        }
        let trial = Trial::open(planted, &[], None).unwrap();
        let random = Random::new(1, |c| trial.knows(c));
        let mut hunt = Hunt::default();
        let start = std::time::Instant::now();
        for n in 0..runs {
            let case = random.case(n);
            hunt.put(&trial, &case, n);
        }
        println!("== {planted}: {:.0} runs/s {:?}", runs as f64 / start.elapsed().as_secs_f64(), hunt.counts);
        for f in &hunt.findings {
            println!("--- {}\n{}", f.signature, f.case);
            trial.record_steps(true);
            if let Outcome::Judged(t, v) = trial.of(&f.case) {
                if std::env::var("T").is_ok() {
                    println!("{t}");
                }
                for v in v.violations() {
                    println!("   {v}")
                }
            }
            trial.record_steps(false);
        }
    }
}

//! A log of strace, of the calls of one or two processes on one file, as a trace, and the verdict on it.
//!
//! `strace -f -ttt -xx -s 1048576 -P FILE -e trace=pread64,pwrite64,fsync,fdatasync,ftruncate -o LOG PROGRAM…`, where PROGRAM
//! makes FILE anew and stores bytes that it has not stored there before; then this with LOG, and a contract if not `linux`.
//! The trace goes to standard output, the verdict to standard error; 0: kept, 1: broken, 2: the log cannot be used.

mod convert;
mod log;

use launder_oracle::{Contract, Trace, Verdict, judge};
use std::process::ExitCode;

fn main() -> ExitCode {
    match judged() {
        Ok(Verdict::Allowed | Verdict::Unknown) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn judged() -> Result<Verdict, String> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("a log of strace is missing")?;
    let contract = args.next().map_or(Ok(Contract::LINUX), |name| name.parse::<Contract>());
    let contract = contract.map_err(|error| error.to_string())?;
    let log = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let refused = |(line, why): log::Refused| format!("{path}: line {line}: {why}");
    let (calls, left_out) = log::read(&log).map_err(refused)?;
    left_out.iter().for_each(|(name, times)| eprintln!("left out: {times} of {name}"));
    let text = convert::trace(&calls).map_err(refused)?;
    print!("{text}");
    let verdict = judge(&contract, &Trace::parse(&text).map_err(|error| error.to_string())?);
    eprintln!("{}", verdict.name());
    verdict.violations().iter().for_each(|violation| eprintln!("{violation}"));
    Ok(verdict)
}

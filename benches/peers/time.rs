//! Time on the clock, and on the processor: the latter hardly depends on what else the machine does.

use std::time::Instant;

use cpu_time::{ProcessTime, ThreadTime};

use super::Failure;

/// Nanoseconds that something took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub wall_ns: u64,
    /// Of the calling thread, or of all threads.
    pub cpu_ns: u64,
}

/// Runs on the calling thread.
pub fn of_thread<T>(run: impl FnOnce() -> T) -> Result<(T, Took), Failure> {
    let (wall, cpu) = (Instant::now(), ThreadTime::try_now()?);
    let result = std::hint::black_box(run());
    let (cpu, wall) = (cpu.try_elapsed()?, wall.elapsed());
    Ok((result, Took { wall_ns: wall.as_nanos() as u64, cpu_ns: cpu.as_nanos() as u64 }))
}

/// Runs with the help of other threads.
pub fn of_process<T>(run: impl FnOnce() -> T) -> Result<(T, Took), Failure> {
    let (wall, cpu) = (Instant::now(), ProcessTime::try_now()?);
    let result = std::hint::black_box(run());
    let (cpu, wall) = (cpu.try_elapsed()?, wall.elapsed());
    Ok((result, Took { wall_ns: wall.as_nanos() as u64, cpu_ns: cpu.as_nanos() as u64 }))
}

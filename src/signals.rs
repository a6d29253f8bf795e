//! The system's wish that the program ends: Ctrl+C, SIGTERM and SIGHUP; on Windows also a console that is closed, and the end of the
//! session. What was told to be ignored (by `nohup`, by a shell for what runs in the background) stays ignored.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown};

/// The wishes, as they come. From the first one of these on, none ends the process by itself any more.
#[cfg(unix)]
#[derive(Debug)]
pub struct EndRequests {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hangup: Option<Signal>,
}

#[cfg(unix)]
impl EndRequests {
    /// Listens from now on. Needs a runtime with input and output.
    pub fn new() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let listen = |kind: SignalKind| match is_ignored(&status, kind.as_raw_value()) {
            true => Ok(None),
            false => signal(kind).map(Some),
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        async fn of(signal: &mut Option<Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = of(&mut self.interrupt) => {}
            () = of(&mut self.terminate) => {}
            () = of(&mut self.hangup) => {}
        }
    }
}

/// Whether the status of a process, as Linux tells it, says that it ignores a signal.
#[cfg(unix)]
fn is_ignored(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// The wishes, as they come. From the first one of these on, none ends the process by itself any more.
#[cfg(windows)]
#[derive(Debug)]
pub struct EndRequests {
    interrupt: CtrlC,
    stop: CtrlBreak,
    close: CtrlClose,
    log_off: CtrlLogoff,
    shut_down: CtrlShutdown,
}

#[cfg(windows)]
impl EndRequests {
    /// Listens from now on. Needs a runtime with input and output.
    pub fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
            log_off: ctrl_logoff()?,
            shut_down: ctrl_shutdown()?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.stop.recv() => {}
            _ = self.close.recv() => {}
            _ = self.log_off.recv() => {}
            _ = self.shut_down.recv() => {}
        }
    }
}

/// Calls `act` for each wish, on a thread of its own, for as long as the process lives.
pub fn on_end_request(mut act: impl FnMut() + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut requests = {
        let _inside = runtime.enter();
        EndRequests::new()?
    };
    let wait = move || {
        runtime.block_on(async {
            loop {
                requests.next().await;
                act();
            }
        })
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map(|_| ())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_nohup_asks_for_is_seen() {
        let status =
            "Name:\tcogscope\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000180004442\n";
        assert!(is_ignored(status, SignalKind::hangup().as_raw_value()));
        assert!(!is_ignored(status, SignalKind::terminate().as_raw_value()));
        assert!(!is_ignored("", SignalKind::hangup().as_raw_value()), "nothing is known");
    }
}

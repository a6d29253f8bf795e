//! What the program says to the network, read from a trace of its system calls.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Every call by which a packet may leave the process.
const CALLS: &str = "trace=socket,connect,bind,sendto,sendmsg,sendmmsg";

/// Whether calls can be traced here. Where everything has to be tested, that they can't is a failure.
pub fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-f", "-qq", "-e", CALLS, "true"]).stderr(Stdio::null()).status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        assert!(std::env::var_os("COGSCOPE_TEST_CLIENTS").is_none(), "strace can't trace a process here");
        eprintln!("skipped: strace can't trace a process here");
    }
    can
}

/// The command with all of its threads and children traced into `file`.
pub fn traced(command: &Command, file: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq", "-s", "0", "-e", CALLS, "-o"]).arg(file);
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    strace.current_dir(command.get_current_dir().map_or_else(|| PathBuf::from("."), PathBuf::from));
    strace.stdin(Stdio::null());
    strace
}

/// The process that a tracer runs.
pub fn traced_process(tracer: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// The calls of a trace that reach for anything but `allowed` and what the process itself listens at on this machine.
pub fn strangers(trace: &str, allowed: &[SocketAddr]) -> Vec<String> {
    let mut found: Vec<String> = trace.lines().filter(|line| !is_right(line, allowed)).map(str::to_owned).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn is_right(line: &str, allowed: &[SocketAddr]) -> bool {
    let without_pid = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let Some((call, arguments)) = without_pid.split_once('(') else { return true };
    let is_local = arguments.contains("sa_family=AF_UNIX") || !arguments.contains("sa_family=");
    match call {
        // A socket of the network is a stream: without datagrams no name is looked up.
        "socket" => {
            arguments.starts_with("AF_UNIX,")
                || ((arguments.starts_with("AF_INET,") || arguments.starts_with("AF_INET6,"))
                    && arguments.contains("SOCK_STREAM"))
        }
        "bind" => is_local || address(arguments).is_some_and(|address| address.ip().is_loopback()),
        "connect" | "sendto" | "sendmsg" | "sendmmsg" => {
            is_local || address(arguments).is_some_and(|address| allowed.contains(&address))
        }
        // What ended, and calls whose arguments stood in an earlier line.
        _ => without_pid.starts_with('<') || without_pid.starts_with('+') || without_pid.starts_with('-'),
    }
}

/// The address of the network in the arguments of a call.
fn address(arguments: &str) -> Option<SocketAddr> {
    let after = |start: &str| arguments.split_once(start).map(|(_, rest)| rest);
    let port: u16 = after("_port=htons(")?.split(')').next()?.parse().ok()?;
    let ip = after("inet_addr(\"").or_else(|| after("inet_pton(AF_INET6, \""))?.split('"').next()?;
    Some(SocketAddr::new(ip.parse::<IpAddr>().ok()?, port))
}

//! The chain itself: what is left to be tried, and going on to the next link in a new process.

use crate::document::Renderer;
use std::ffi::OsString;
use std::io;
use std::process::Command;

/// The argument by which the next link's process knows what was tried before.
const TRIED: &str = "--tried";

/// A link that failed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The link.
    pub renderer: Renderer,
    /// What was wrong, in a line.
    pub reason: String,
}

impl Tried {
    /// Reads what [`Tried::argument`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, reason) = text.split_once('=')?;
        Some(Self { renderer: Renderer::named(name)?, reason: reason.to_owned() })
    }

    fn argument(&self) -> String {
        format!("{}={}", self.renderer.name(), self.reason)
    }
}

/// What can still be tried, and what was.
#[derive(Clone, Debug)]
pub struct Chain {
    left: Vec<Renderer>,
    tried: Vec<Tried>,
}

impl Chain {
    /// The links in `order` without those that were tried.
    pub fn new(order: Vec<Renderer>, tried: Vec<Tried>) -> Self {
        let was_tried = |renderer: &Renderer| tried.iter().any(|one| one.renderer == *renderer);
        let left = order.into_iter().filter(|renderer| !was_tried(renderer)).collect();
        Self { left, tried }
    }

    /// The link to try now.
    pub fn current(&self) -> Option<Renderer> {
        self.left.first().copied()
    }

    /// Whether something is left if the present link fails.
    pub fn has_next(&self) -> bool {
        self.left.len() > 1
    }

    /// The present link failed.
    pub fn fail(&mut self, reason: &str) {
        if !self.left.is_empty() {
            let renderer = self.left.remove(0);
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            self.tried.push(Tried { renderer, reason });
        }
    }

    /// What failed so far, in a line.
    pub fn failures(&self) -> String {
        let each = self.tried.iter().map(|tried| format!("{}: {}", tried.renderer.name(), tried.reason));
        each.collect::<Vec<_>>().join("; ")
    }

    /// What failed so far.
    pub fn tried(&self) -> &[Tried] {
        &self.tried
    }
}

/// Goes on in a new process with what `chain` has left. Where processes can be replaced, this returns only when that fails; elsewhere
/// it waits for the new one and returns its exit status.
pub fn relaunch(chain: &Chain) -> io::Result<i32> {
    let mut command = Command::new(std::env::current_exe()?);
    let tried = chain.tried.iter().flat_map(|tried| [OsString::from(TRIED), OsString::from(tried.argument())]);
    command.args(tried).args(without_tried(std::env::args_os().skip(1)));
    replace(command)
}

#[cfg(unix)]
fn replace(mut command: Command) -> io::Result<i32> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> io::Result<i32> {
    Ok(command.status()?.code().unwrap_or(1))
}

fn without_tried(mut arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    // They always stand first.
    while let Some(argument) = arguments.next() {
        if argument == TRIED {
            arguments.next();
        } else {
            kept.push(argument);
            break;
        }
    }
    kept.extend(arguments);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_leads_to_the_next_link_and_is_told_in_the_end() {
        let mut chain = Chain::new(Renderer::ALL.to_vec(), Vec::new());
        chain.fail("no\n adapter");
        let argument = chain.tried()[0].argument();
        let mut chain = Chain::new(Renderer::ALL.to_vec(), vec![Tried::parse(&argument).unwrap()]);
        assert_eq!(chain.current(), Some(Renderer::Software));
        chain.fail("none");
        assert!(!chain.has_next());
        chain.fail("no display");
        assert_eq!(chain.current(), None);
        assert_eq!(chain.failures(), "wgpu: no adapter; software: none; glow: no display");
    }

    #[test]
    fn the_users_own_arguments_stay_as_they_are() {
        let given = ["--tried", "wgpu=x", "--tried", "software=y", "--size", "800x600", "--", "--tried", "a"];
        let kept = without_tried(given.iter().map(OsString::from));
        assert_eq!(kept, ["--size", "800x600", "--", "--tried", "a"].map(OsString::from));
    }
}

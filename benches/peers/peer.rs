//! The measured side of `benches/peers`: answers commands, one line of JSON each, with lines of JSON.
//!
//! `compare.py` starts it, and the other programs' sides, and asks them in turn. See README.md for the commands.

#![allow(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and counts in small numbers"
)]

#[path = "../data/mod.rs"]
mod data;

mod bound;
mod files;
mod many;
mod tiles;
mod time;

use std::io::{BufRead, Write};

use serde_json::{Value, json};

/// That of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut state = tiles::State::default();
    for line in std::io::stdin().lock().lines() {
        let answer = answer(&mut state, &serde_json::from_str(&line?)?);
        println!("{}", answer.unwrap_or_else(|error| json!({ "error": error.to_string() })));
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn answer(state: &mut tiles::State, command: &Value) -> Result<Value, Failure> {
    match text(command, "op")? {
        "make" => files::make(),
        "make-many" => files::make_many(number(command, "count")? as u32),
        "make-huge" => files::make_huge(number(command, "count")? as u32),
        "tile" => state.tile(command),
        "bound" => state.bound(command),
        "view" => tiles::view(command),
        "view-bound" => tiles::view_bound(command),
        "restyle" => tiles::restyle(command),
        "catalog" => many::catalog(command),
        "pan" => many::pan(command),
        other => Err(format!("there is no command {other}").into()),
    }
}

fn text<'a>(command: &'a Value, key: &str) -> Result<&'a str, Failure> {
    command.get(key).and_then(Value::as_str).ok_or_else(|| format!("{key} is missing").into())
}

fn number(command: &Value, key: &str) -> Result<u64, Failure> {
    command.get(key).and_then(Value::as_u64).ok_or_else(|| format!("{key} is missing").into())
}

fn flag(command: &Value, key: &str) -> bool {
    command.get(key).and_then(Value::as_bool).unwrap_or(false)
}

//! Words to a program: recursive descent, which writes the operations in the order in which a stack machine runs them.

use super::ExpressionError;
use super::program::{Binary, Op, Unary};
use super::tokens::{Placed, Token, split};

/// Brackets, signs and powers within each other; far more than anyone writes, far less than the thread's stack holds.
const MAX_DEPTH: usize = 100;

const UNARY_FUNCTIONS: [(&str, Unary); 15] = [
    ("abs", Unary::Abs),
    ("sqrt", Unary::Sqrt),
    ("exp", Unary::Exp),
    ("ln", Unary::Ln),
    ("log", Unary::Ln),
    ("log10", Unary::Log10),
    ("log2", Unary::Log2),
    ("floor", Unary::Floor),
    ("ceil", Unary::Ceil),
    ("round", Unary::Round),
    ("sin", Unary::Sin),
    ("cos", Unary::Cos),
    ("tan", Unary::Tan),
    ("atan", Unary::Atan),
    ("not", Unary::Not),
];

const MIN: &str = "min";
const MAX: &str = "max";
const WHERE: &str = "where";

/// Operators that bind equally strongly, from the weakest.
const LEVELS: [&[(&str, Binary)]; 5] = [
    &[("||", Binary::Or), ("|", Binary::Or)],
    &[("&&", Binary::And), ("&", Binary::And)],
    &[
        ("<=", Binary::LessOrEqual),
        (">=", Binary::GreaterOrEqual),
        ("==", Binary::Equal),
        ("!=", Binary::NotEqual),
        ("<", Binary::Less),
        (">", Binary::Greater),
    ],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("/", Binary::Divide), ("%", Binary::Remainder)],
];

/// The functions that an expression can use, for help texts.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    UNARY_FUNCTIONS.iter().map(|&(name, _)| name).chain([MIN, MAX, WHERE])
}

/// The program and the bands that it needs.
pub(super) fn parse(text: &str, band_names: &[&str]) -> Result<(Vec<Op>, Vec<usize>), ExpressionError> {
    let words = split(text)?;
    let mut parser =
        Parser { text, words: &words, at: 0, depth: 0, band_names, program: Vec::new(), bands: Vec::new() };
    parser.binary(0)?;
    match parser.words.get(parser.at) {
        None => Ok((parser.program, parser.bands)),
        Some(word) => Err(parser.unexpected(word)),
    }
}

struct Parser<'a> {
    text: &'a str,
    words: &'a [Placed],
    /// The next word.
    at: usize,
    depth: usize,
    band_names: &'a [&'a str],
    program: Vec<Op>,
    bands: Vec<usize>,
}

impl Parser<'_> {
    /// Operators of this level and stronger, binding to the left.
    fn binary(&mut self, level: usize) -> Result<(), ExpressionError> {
        let Some(operators) = LEVELS.get(level) else {
            return self.signed();
        };
        self.binary(level + 1)?;
        while let Some(&(_, operator)) = operators.iter().find(|&&(sign, _)| self.accept(sign)) {
            self.binary(level + 1)?;
            self.program.push(Op::Binary(operator));
        }
        Ok(())
    }

    /// A minus or plus before a power: `-2^2` is -4.
    fn signed(&mut self) -> Result<(), ExpressionError> {
        self.nested(|parser| {
            if parser.accept("-") {
                parser.signed()?;
                parser.program.push(Op::Unary(Unary::Negate));
                Ok(())
            } else if parser.accept("+") {
                parser.signed()
            } else {
                parser.power()
            }
        })
    }

    fn power(&mut self) -> Result<(), ExpressionError> {
        self.atom()?;
        if self.accept("^") || self.accept("**") {
            self.signed()?;
            self.program.push(Op::Binary(Binary::Power));
        }
        Ok(())
    }

    fn atom(&mut self) -> Result<(), ExpressionError> {
        let words = self.words;
        let Some(word) = words.get(self.at) else {
            return Err(self.fail(self.end(), "something is missing".into()));
        };
        self.at += 1;
        match &word.token {
            Token::Number(value) => self.program.push(Op::Number(*value)),
            Token::Name(name) if self.accept("(") => self.function(name, word.position)?,
            Token::Name(name) => {
                let band = self.band(name, word.position)?;
                self.push_band(band);
            }
            Token::Quoted(name) => {
                let band = self.band_names.iter().position(|known| known == name);
                let band = band.ok_or_else(|| self.fail(word.position, format!("there is no band named {name}")))?;
                self.push_band(band);
            }
            Token::Sign("(") => {
                self.binary(0)?;
                self.expect_closing()?;
            }
            Token::Sign(_) => return Err(self.unexpected(word)),
        }
        Ok(())
    }

    /// The arguments of a function whose opening bracket has been read.
    fn function(&mut self, name: &str, position: usize) -> Result<(), ExpressionError> {
        let mut given = 1;
        self.binary(0)?;
        while self.accept(",") {
            self.binary(0)?;
            given += 1;
        }
        self.expect_closing()?;
        let lower = name.to_ascii_lowercase();
        if lower == MIN || lower == MAX {
            let operator = if lower == MIN { Binary::Min } else { Binary::Max };
            self.program.extend(std::iter::repeat_n(Op::Binary(operator), given - 1));
            return Ok(());
        }
        let (op, wanted) = if lower == WHERE {
            (Op::Select, 3)
        } else {
            let known = UNARY_FUNCTIONS.iter().find(|&&(known, _)| known == lower);
            let &(_, function) = known.ok_or_else(|| self.fail(position, format!("there is no function {name}")))?;
            (Op::Unary(function), 1)
        };
        if given != wanted {
            let values = if wanted == 1 { "value" } else { "values" };
            return Err(self.fail(position, format!("{name} takes {wanted} {values}, not {given}")));
        }
        self.program.push(op);
        Ok(())
    }

    /// The band that a word means: its own name, then `b` and its number, then its name in any case.
    fn band(&self, name: &str, position: usize) -> Result<usize, ExpressionError> {
        let exact = self.band_names.iter().position(|known| *known == name);
        let in_any_case = || self.band_names.iter().position(|known| known.to_lowercase() == name.to_lowercase());
        if let Some(band) = exact.or_else(in_any_case) {
            return Ok(band);
        }
        let count = self.band_names.len();
        let number = name.strip_prefix(['b', 'B']).and_then(|digits| digits.parse::<usize>().ok());
        if let Some(number) = number
            && (1..=count).contains(&number)
        {
            return Ok(number - 1);
        }
        let problem = match number {
            Some(_) => format!("there is no band {name} (the source has {count})"),
            None => format!("there is no band named {name}"),
        };
        Err(self.fail(position, problem))
    }

    fn push_band(&mut self, band: usize) {
        let index = self.bands.iter().position(|&known| known == band).unwrap_or_else(|| {
            self.bands.push(band);
            self.bands.len() - 1
        });
        self.program.push(Op::Band(index));
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<(), ExpressionError>) -> Result<(), ExpressionError> {
        if self.depth >= MAX_DEPTH {
            let position = self.words.get(self.at).map_or(self.end(), |word| word.position);
            return Err(self.fail(position, "the nesting is too deep".into()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Takes the next word if it is this sign.
    fn accept(&mut self, sign: &str) -> bool {
        let found = matches!(self.words.get(self.at), Some(Placed { token: Token::Sign(next), .. }) if *next == sign);
        self.at += usize::from(found);
        found
    }

    fn expect_closing(&mut self) -> Result<(), ExpressionError> {
        if self.accept(")") {
            return Ok(());
        }
        match self.words.get(self.at) {
            Some(word) => Err(self.unexpected(word)),
            None => Err(self.fail(self.end(), "`)` is missing".into())),
        }
    }

    fn end(&self) -> usize {
        self.text.chars().count()
    }

    fn unexpected(&self, word: &Placed) -> ExpressionError {
        self.fail(word.position, format!("unexpected `{}`", word.token.shown()))
    }

    fn fail(&self, position: usize, problem: String) -> ExpressionError {
        ExpressionError { text: self.text.to_owned(), position, problem }
    }
}

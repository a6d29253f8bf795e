//! The stack machine that runs an expression over a run of pixels at a time.

/// One step. Operands are taken from the top of the stack, the result is put there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Op {
    Number(f64),
    /// The values of a band, counted among those that the expression needs.
    Band(usize),
    Unary(Unary),
    Binary(Binary),
    /// Condition, value where it isn't 0, value where it is 0.
    Select,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unary {
    Negate,
    Abs,
    Sqrt,
    Exp,
    Ln,
    Log10,
    Log2,
    Floor,
    Ceil,
    Round,
    Sin,
    Cos,
    Tan,
    Atan,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Min,
    Max,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// Runs the program over `len` pixels; the result is the first entry of the stack, NaN where there is no number.
pub(super) fn run(program: &[Op], inputs: &[&[f64]], len: usize, stack: &mut Vec<Vec<f64>>) {
    // `top` counts the entries in use; those above it are kept for their memory.
    let mut top = 0;
    for op in program {
        match op {
            Op::Number(value) => slot(stack, top, len).fill(*value),
            Op::Band(index) => {
                let values = inputs.get(*index).copied().unwrap_or_default();
                let entry = slot(stack, top, len);
                entry.fill(f64::NAN);
                entry.iter_mut().zip(values).for_each(|(entry, &value)| *entry = value);
            }
            Op::Unary(function) => {
                if let [.., last] = in_use(stack, top) {
                    unary(*function, last);
                }
                continue;
            }
            Op::Binary(operator) => {
                if let [.., left, right] = in_use(stack, top) {
                    binary(*operator, left, right);
                    top -= 1;
                }
                continue;
            }
            Op::Select => {
                if let [.., condition, yes, no] = in_use(stack, top) {
                    for ((condition, &yes), &no) in condition.iter_mut().zip(yes.iter()).zip(no.iter()) {
                        *condition = match *condition {
                            value if value.is_nan() => f64::NAN,
                            0.0 => no,
                            _ => yes,
                        };
                    }
                    top -= 2;
                }
                continue;
            }
        }
        top += 1;
    }
    if let Some(result) = stack.first_mut() {
        each(result, |value| if value.is_finite() { value } else { f64::NAN });
    }
}

/// The entry at `index`, made if there is none, with room for `len` values.
fn slot(stack: &mut Vec<Vec<f64>>, index: usize, len: usize) -> &mut [f64] {
    if stack.len() <= index {
        stack.resize_with(index + 1, Vec::new);
    }
    let entry = &mut stack[index];
    entry.resize(len, f64::NAN);
    entry
}

fn in_use(stack: &mut [Vec<f64>], top: usize) -> &mut [Vec<f64>] {
    stack.get_mut(..top).unwrap_or_default()
}

fn each(values: &mut [f64], function: impl Fn(f64) -> f64) {
    for value in values {
        *value = function(*value);
    }
}

fn unary(function: Unary, values: &mut [f64]) {
    match function {
        Unary::Negate => each(values, |v| -v),
        Unary::Abs => each(values, f64::abs),
        Unary::Sqrt => each(values, f64::sqrt),
        Unary::Exp => each(values, f64::exp),
        Unary::Ln => each(values, f64::ln),
        Unary::Log10 => each(values, f64::log10),
        Unary::Log2 => each(values, f64::log2),
        Unary::Floor => each(values, f64::floor),
        Unary::Ceil => each(values, f64::ceil),
        Unary::Round => each(values, f64::round),
        Unary::Sin => each(values, f64::sin),
        Unary::Cos => each(values, f64::cos),
        Unary::Tan => each(values, f64::tan),
        Unary::Atan => each(values, f64::atan),
        Unary::Not => each(values, |v| truth(v, v, v == 0.0)),
    }
}

/// The result replaces `left`.
fn binary(operator: Binary, left: &mut [f64], right: &[f64]) {
    let with = |left: &mut [f64], function: fn(f64, f64) -> f64| {
        left.iter_mut().zip(right).for_each(|(left, &right)| *left = function(*left, right));
    };
    // The four operators that nearly every expression is made of are written out, so that they are compiled to loops.
    match operator {
        Binary::Add => left.iter_mut().zip(right).for_each(|(l, &r)| *l += r),
        Binary::Subtract => left.iter_mut().zip(right).for_each(|(l, &r)| *l -= r),
        Binary::Multiply => left.iter_mut().zip(right).for_each(|(l, &r)| *l *= r),
        Binary::Divide => {
            left.iter_mut().zip(right).for_each(|(l, &r)| *l = if r == 0.0 { f64::NAN } else { *l / r });
        }
        Binary::Remainder => with(left, |l, r| l % r),
        Binary::Power => with(left, f64::powf),
        Binary::Min => with(left, |l, r| if l.is_nan() || r.is_nan() { f64::NAN } else { l.min(r) }),
        Binary::Max => with(left, |l, r| if l.is_nan() || r.is_nan() { f64::NAN } else { l.max(r) }),
        Binary::Less => with(left, |l, r| truth(l, r, l < r)),
        Binary::LessOrEqual => with(left, |l, r| truth(l, r, l <= r)),
        Binary::Greater => with(left, |l, r| truth(l, r, l > r)),
        Binary::GreaterOrEqual => with(left, |l, r| truth(l, r, l >= r)),
        #[expect(clippy::float_cmp, reason = "the user asks whether two values are the same")]
        Binary::Equal => with(left, |l, r| truth(l, r, l == r)),
        #[expect(clippy::float_cmp, reason = "the user asks whether two values differ")]
        Binary::NotEqual => with(left, |l, r| truth(l, r, l != r)),
        Binary::And => with(left, |l, r| truth(l, r, l != 0.0 && r != 0.0)),
        Binary::Or => with(left, |l, r| truth(l, r, l != 0.0 || r != 0.0)),
    }
}

/// 1 for true and 0 for false, but nothing can be said about nodata.
fn truth(left: f64, right: f64, holds: bool) -> f64 {
    if left.is_nan() || right.is_nan() { f64::NAN } else { f64::from(u8::from(holds)) }
}

//! Where marks stand: before what scripts do most, which `direct` and `container` then run without Rhai's dispatch.

use rhai::{Position, Token};

use super::syntax::{Change, Lines};
use super::{container, direct};

/// Tokens of an argument that are looked at: calls may stand within one another.
const MOST_TOKENS: usize = 256;

/// Whether a text can have something to mark.
pub(super) fn may_concern(source: &str) -> bool {
    direct::rows()
        .map(|(_, op)| op.name)
        .chain(container::SIZES)
        .chain(container::CHANGES)
        .any(|name| source.contains(name))
}

/// A mark in place of the blank before each call or comparison that `direct` may run: a whole expression of its own, where an
/// expression begins. None where the script has a function of such a name, as that one is called.
pub(super) fn changes(tokens: &[(Token, Position)], lines: &Lines<'_>) -> Vec<Change> {
    let defines = |name: &str| {
        tokens
            .windows(2)
            .any(|pair| matches!(pair[0].0, Token::Fn) && identifier(&pair[1].0) == Some(name))
    };
    let mut calls: Vec<&str> = direct::rows().map(|(_, op)| op.name).collect();
    if calls.iter().any(|name| defines(name)) {
        calls.clear();
    }
    let sizes = container::SIZES.map(|name| (!defines(name)).then_some(name));
    let changes = container::CHANGES.map(|name| (!defines(name)).then_some(name));
    let mut marks = Vec::new();
    for (place, begin) in tokens.windows(4).enumerate() {
        let [
            (before, _),
            (Token::Identifier(object), start),
            (Token::Period, _),
            (Token::Identifier(method), _),
        ] = begin
        else {
            continue;
        };
        let rest = &tokens[place + 4..];
        let method = method.as_str();
        let is_one = if calls.contains(&method) {
            begins_expression(before) && is_call(rest, &calls)
        } else if sizes.contains(&Some(method)) {
            begins_condition(before) && is_size(rest) || is_operator(before) && is_length(rest)
        } else {
            changes.contains(&Some(method)) && begins_expression(before) && is_change(rest)
        };
        if is_one
            // Without a mark it goes the ordinary way.
            && let Some(start) = lines.offset(*start, object)
            && lines.source[..start].ends_with([' ', '\t'])
        {
            marks.push((start - 1, start, direct::MARK.to_owned()));
        }
    }
    marks
}

fn identifier(token: &Token) -> Option<&str> {
    match token {
        Token::Identifier(name) => Some(name),
        _ => None,
    }
}

/// Whether these are a call's argument, one token or such a call itself, and the expression ends with it.
fn is_call(rest: &[(Token, Position)], names: &[&str]) -> bool {
    match rest {
        [(Token::LeftParen, _), _, (Token::RightParen, _), (after, _), ..] => ends_expression(after),
        [
            (Token::LeftParen, _),
            (Token::Identifier(_), _),
            (Token::Period, _),
            (Token::Identifier(method), _),
            (Token::LeftParen, _),
            _,
            (Token::RightParen, _),
            (Token::RightParen, _),
            (after, _),
            ..,
        ] => names.contains(&method.as_str()) && ends_expression(after),
        _ => false,
    }
}

/// Whether these end the question how long something is, which may be compared with one token, and the expression with it.
fn is_size(rest: &[(Token, Position)]) -> bool {
    match after_arguments(rest) {
        [
            (operator, _),
            (Token::IntegerConstant(_) | Token::Identifier(_), _),
            (after, _),
            ..,
        ] if container::compares(operator) => ends_condition(after),
        rest => rest.first().is_some_and(|(after, _)| ends_condition(after)),
    }
}

/// As [`is_size`], where it is not compared.
fn is_length(rest: &[(Token, Position)]) -> bool {
    after_arguments(rest)
        .first()
        .is_some_and(|(after, _)| ends_condition(after))
}

/// What follows a name, without the parentheses of a call that has no arguments.
fn after_arguments(rest: &[(Token, Position)]) -> &[(Token, Position)] {
    match rest {
        [(Token::Unit, _), rest @ ..] | [(Token::LeftParen, _), (Token::RightParen, _), rest @ ..] => rest,
        rest => rest,
    }
}

/// Whether these are a call's one argument, without functions and blocks, or none, and the expression ends with it.
fn is_change(rest: &[(Token, Position)]) -> bool {
    let (mut parens, mut others) = (0_usize, 0_usize);
    for (place, (token, _)) in rest.iter().take(MOST_TOKENS).enumerate() {
        match token {
            Token::LeftParen => parens += 1,
            Token::LeftBracket | Token::MapStart => others += 1,
            Token::RightBracket | Token::RightBrace if others > 0 => others -= 1,
            Token::RightParen if parens > 0 => parens -= 1,
            Token::Comma if parens == 1 && others == 0 => return false,
            Token::Pipe
            | Token::Or
            | Token::LeftBrace
            | Token::RightBracket
            | Token::RightBrace
            | Token::RightParen => {
                return false;
            }
            Token::Unit if place == 0 => {}
            _ if place == 0 => return false,
            _ => {}
        }
        if parens == 0 {
            return rest
                .get(place + 1)
                .is_some_and(|(after, _)| ends_expression(after));
        }
    }
    false
}

/// Whether an expression begins after this, and nothing before it binds.
fn begins_expression(before: &Token) -> bool {
    matches!(
        before,
        Token::Equals
            | Token::PlusAssign
            | Token::MinusAssign
            | Token::LeftParen
            | Token::LeftBracket
            | Token::LeftBrace
            | Token::RightBrace
            | Token::Comma
            | Token::SemiColon
            | Token::DoubleArrow
            | Token::Return
    )
}

/// As [`begins_expression`], of what is asked: a comparison binds more than what joins two of them.
fn begins_condition(before: &Token) -> bool {
    matches!(
        before,
        Token::If | Token::While | Token::Until | Token::And | Token::Or
    ) || begins_expression(before)
}

/// Whether a length may be the right-hand side of this.
fn is_operator(before: &Token) -> bool {
    matches!(before, Token::Plus | Token::Minus | Token::Multiply) || container::compares(before)
}

/// Whether no expression goes on with this.
fn ends_expression(after: &Token) -> bool {
    matches!(
        after,
        Token::RightParen | Token::RightBracket | Token::RightBrace | Token::Comma | Token::SemiColon
    )
}

/// As [`ends_expression`], of what is asked.
fn ends_condition(after: &Token) -> bool {
    matches!(after, Token::LeftBrace) || ends_expression(after)
}

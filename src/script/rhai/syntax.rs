//! What scripts may write beyond plain Rhai: words that Rhai reserves but the table uses as names, and
//! `with NAME = EXPR { … }`, which is run by `with`. And the marks before the most frequent calls, which `direct` reads.
//!
//! The text is changed before it is compiled, each change as long as what it replaces where there is room. A mark that a script
//! writes itself is no syntax: marks are read in texts that were changed here, and nowhere else.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use rhai::{AST, Engine, LexError, ParseError, ParseErrorType, Position, Token};

use crate::api::{self, MODULES, Module};

use super::op::Site;
use super::{direct, library, marks, wide, with};

/// Rhai counts lines and columns as far as this, and stays there: what a token has there may be anywhere behind.
const FARTHEST: usize = u16::MAX as usize - 1;
/// What a text is told that is compiled when everything ends. Nobody sees it: what ends everything is told.
const ENDED: &str = "the program is ending";

/// Arguments that a call may have: Rhai looks for its function up to 65,536 times, each time at all of them.
const MOST_ARGUMENTS: u32 = 512;

/// Registers the words and the syntax.
pub(super) fn install(engine: &mut Engine, site: &Rc<Site>) {
    // Few scripts write a reserved word, and gathering the names takes long.
    let words: OnceCell<HashSet<&'static str>> = OnceCell::new();
    let arguments = Arguments::default();
    #[allow(
        deprecated,
        reason = "volatile, says Rhai; the only way to lift reserved words"
    )]
    engine.on_parse_token({
        let site = site.clone();
        move |token, position, _| match token {
            // Rhai looks through all names in sight for each one it reads: a long text takes long.
            _ if !site.watch.may_compile() => Token::LexError(LexError::Runtime(ENDED.to_owned()).into()),
            _ if arguments.are_too_many(&token, position) => {
                let problem = format!("a call takes {MOST_ARGUMENTS} arguments at most");
                Token::LexError(LexError::Runtime(problem).into())
            }
            Token::Identifier(_) | Token::DoubleColon if site.exchanged.token(position).is_some() => {
                site.exchanged.token(position).unwrap_or(token)
            }
            Token::Custom(mark) | Token::Reserved(mark) if is_mark(&mark) && !site.reads_marks.get() => {
                let problem = format!("'{mark}' is no symbol of Rhai's");
                Token::LexError(LexError::ImproperSymbol(mark.to_string(), problem).into())
            }
            Token::Reserved(word)
                if words.get_or_init(self::words).contains(word.as_str()) || site.host.has(&word) =>
            {
                Token::Identifier(word)
            }
            token => token,
        }
    });
    with::install(engine, site);
}

/// Counts the arguments of calls while a text is read.
#[derive(Default)]
struct Arguments {
    /// Commas within each bracket that is open.
    commas: RefCell<Vec<u32>>,
    last: Cell<Position>,
}

impl Arguments {
    /// Whether the token makes them too many.
    fn are_too_many(&self, token: &Token, position: Position) -> bool {
        let mut commas = self.commas.borrow_mut();
        // Another text: the one before may have ended anywhere.
        if position < self.last.replace(position) {
            commas.clear();
        }
        match token {
            Token::LeftParen => commas.push(0),
            // What else is in brackets may be as long as it likes.
            Token::LeftBracket | Token::LeftBrace | Token::MapStart => commas.push(u32::MAX),
            Token::RightParen | Token::RightBracket | Token::RightBrace => drop(commas.pop()),
            Token::Comma => {
                if let Some(count) = commas.last_mut().filter(|count| **count != u32::MAX) {
                    *count += 1;
                    return *count >= MOST_ARGUMENTS;
                }
            }
            _ => {}
        }
        false
    }
}

/// Every name of the table: reserved or not, scripts may write it.
fn words() -> HashSet<&'static str> {
    let names = api::ops().map(|op| op.name);
    let params = api::ops().flat_map(|op| op.params.iter().map(|param| param.name));
    let modules = MODULES.iter().map(|module| module.name);
    let values = MODULES.iter().flat_map(Module::value_names);
    let libraries = library::words();
    // What maps name that declare packets.
    let terms = api::TERMS.iter().copied();
    names
        .chain(params)
        .chain(modules)
        .chain(values)
        .chain(libraries)
        .chain(terms)
        .collect()
}

/// Whether it stands for something in what Rhai compiles, and for nothing in what scripts say.
fn is_mark(word: &str) -> bool {
    word == with::MARK || word == with::VALUE || word == direct::MARK
}

/// Compiles a script's text.
///
/// # Errors
/// What Rhai has against it, at the script's own positions.
pub(super) fn compile(engine: &Engine, site: &Site, source: &str) -> Result<AST, ParseError> {
    let lowered = lower(engine, source)?;
    site.reads_marks.set(matches!(lowered, Cow::Owned(_)));
    let compiled = compile_lowered(engine, site, source, &lowered);
    site.exchanged.clear();
    site.reads_marks.set(false);
    compiled
}

/// Compiles what `lower` has made of the text.
fn compile_lowered(engine: &Engine, site: &Site, source: &str, lowered: &str) -> Result<AST, ParseError> {
    if wide::may_concern(source)
        && let Ok(tokens) = tokens(engine, lowered)
    {
        site.exchanged.note(&tokens)?;
    }
    engine.compile(lowered)
}

/// The text to compile instead of `source`, of the same length: each `with NAME = EXPR {` changed, and each call that `direct`
/// may run.
///
/// # Errors
/// The text has a mark of its own, or a `with` where Rhai tells nobody its place.
pub(super) fn lower<'a>(engine: &Engine, source: &'a str) -> Result<Cow<'a, str>, ParseError> {
    if !source.contains("with") && !marks::may_concern(source) {
        return Ok(source.into());
    }
    let tokens = tokens(engine, source)?;
    let lines = Lines::new(source);
    let mut changes = with::changes(&tokens, &lines)?;
    changes.extend(marks::changes(&tokens, &lines));
    changes.sort_unstable_by_key(|(start, ..)| *start);
    let mut lowered = String::with_capacity(source.len());
    let mut done = 0;
    for (start, end, text) in changes {
        lowered.push_str(&source[done..start]);
        lowered.push_str(&text);
        done = end;
    }
    lowered.push_str(&source[done..]);
    Ok(lowered.into())
}

/// What to replace: from, to (bytes), by what.
pub(super) type Change = (usize, usize, String);

/// The tokens of a text up to the first that is none.
///
/// # Errors
/// That one is a mark.
fn tokens(engine: &Engine, source: &str) -> Result<Vec<(Token, Position)>, ParseError> {
    let inputs = [source];
    let (stream, control) = engine.lex(&inputs);
    let mut tokens = Vec::new();
    // Depths at which a text goes on after `${…}`.
    let mut texts: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    for (token, position) in stream {
        match token {
            Token::LexError(error) => match *error {
                LexError::ImproperSymbol(ref symbol, _) if is_mark(symbol) => {
                    return Err(ParseError(ParseErrorType::BadInput(*error).into(), position));
                }
                _ => break,
            },
            Token::EOF => break,
            Token::InterpolatedString(_) => texts.push(depth),
            Token::LeftBrace | Token::MapStart => depth += 1,
            Token::RightBrace => {
                depth = depth.saturating_sub(1);
                if texts.last() == Some(&depth) {
                    texts.pop();
                    control.borrow_mut().is_within_text = true;
                }
            }
            _ => {}
        }
        tokens.push((token, position));
    }
    Ok(tokens)
}

/// Whether it is told of a token where it stands. Rhai's count of lines and columns ends.
pub(super) fn is_known(position: Position) -> bool {
    let is_within = |place: Option<usize>| place.is_some_and(|place| place <= FARTHEST);
    is_within(position.line()) && is_within(position.position())
}

/// The complaint about what cannot be compiled, as it is not told where it stands.
#[cold]
pub(super) fn too_far(what: &str, position: Position) -> ParseError {
    let problem = format!("{what} must stand within the first {FARTHEST} lines and columns");
    ParseError(
        ParseErrorType::BadInput(LexError::Runtime(problem)).into(),
        position,
    )
}

/// Where lines begin.
pub(super) struct Lines<'a> {
    pub(super) source: &'a str,
    starts: Vec<usize>,
    /// What was asked for last: line, column, byte. Who asks goes through a text from its beginning on.
    last: Cell<(usize, usize, usize)>,
}

impl<'a> Lines<'a> {
    fn new(source: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(source.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            source,
            starts,
            last: Cell::new((0, 0, 0)),
        }
    }

    /// The byte where this token stands that has this position; none where that is not known.
    pub(super) fn offset(&self, position: Position, token: &str) -> Option<usize> {
        if !is_known(position) {
            return None;
        }
        let line = position.line()?.checked_sub(1)?;
        let column = position.position()?.checked_sub(1)?;
        let (begun, from) = match self.last.get() {
            (last, begun, from) if last == line && begun <= column => (begun, from),
            _ => (0, *self.starts.get(line)?),
        };
        let (ahead, _) = self.source.get(from..)?.char_indices().nth(column - begun)?;
        let at = from + ahead;
        self.last.set((line, column, at));
        self.source[at..].starts_with(token).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Room, fails, works};
    use crate::error::Class;
    use crate::script::{Chunk, Language};

    #[test]
    fn marks_of_a_script_s_own_are_no_syntax() {
        for source in [
            "let x = $1 + 2;",
            "let s = socket::socketpair()[0];\nlet x = $s.recv(5);",
            "let s = socket::socketpair()[0]; let x = s.recv(5); $s.send(x);",
            "let x = 1; @{ let y = x; }",
            "with s = socket::socket() { @{ let y = s; } }",
            "let with = 1; $with",
            "let x = ~1;",
            "with s = ~socket::socket() {}",
        ] {
            let room = Room::new();
            let chunk = Chunk {
                name: "=test",
                source: source.as_bytes(),
                path: None,
            };
            let error = room.rhai.start(&chunk).expect_err(source);
            let told = error.to_string();
            assert_eq!(error.class(), Class::SyntaxError, "{told}");
            assert!(told.contains("is no symbol of Rhai's"), "{told}");
        }
        for evaluated in ["let x = $1;", "@{ let y = 1; }"] {
            let (error, told) = fails(&format!("eval(\"{evaluated}\");"));
            assert!(told.contains("is no symbol of Rhai's"), "{told} {error}");
        }
        works("let x = 2; check(`$ @ ${x} $` == \"$ @ 2 $\"); // $ @");
    }

    #[test]
    fn a_call_has_no_more_arguments_than_rhai_can_look_for() {
        let list = |count: usize| vec!["1"; count].join(", ");
        let packed = format!("check(struct::pack(\"511B\", {}).len == 511);", list(511));
        works(&packed);
        works(&format!("let a = [{}]; check(a.len == 5000);", list(5000)));
        for call in ["f", "[].push", "socket::socket", "f.call"] {
            let (error, told) = fails(&format!("eval(`{call}({})`)", list(513)));
            assert_eq!(error.class(), Class::SyntaxError, "{told}");
            assert!(told.contains("a call takes 512 arguments at most"), "{told}");
        }
    }

    /// Rhai counts lines and columns up to 65,535, and gives that to all behind.
    #[test]
    fn what_stands_far_out_is_refused_or_runs_and_is_no_panic() {
        let with = "with a = socket::socket() { } with b = socket::socket() { }";
        let wide = "struct::pack(\"7B\", 1, 2, 3, 4, 5, 6, 7);";
        for gap in [" ".repeat(65_540), "\n".repeat(65_540), "\n/*ö*/".repeat(65_540)] {
            for far in [with, wide] {
                let room = Room::new();
                let source = format!("let x = 1;{gap}{far}");
                let chunk = Chunk {
                    name: "=test",
                    source: source.as_bytes(),
                    path: None,
                };
                let error = room.rhai.start(&chunk).expect_err("too far out");
                let told = error.to_string();
                assert_eq!(error.class(), Class::SyntaxError, "{told}");
                assert!(
                    told.contains("must stand within the first 65534 lines and columns"),
                    "{told}"
                );
            }
            // What needs no place compiles wherever it stands.
            works(&format!(
                "let p = socket::socketpair(); p[0].send(\"x\");{gap}let s = p[1]; let x = s.recv(5); check(x.len() == 1);"
            ));
        }
        // Behind a long line counting begins anew.
        works(&format!("let x = 1;{}\n{wide} {with}", " ".repeat(65_540)));
        let call = "x = s.recv(5); ";
        works(&format!(
            "if false {{ let s = 1; let x = 1; {} }}",
            call.repeat(6000)
        ));
    }
}

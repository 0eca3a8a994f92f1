//! The reference is true and fresh: every example prints what it says, in Lua, in Rhai and, where it has a Python twin, in
//! CPython; the generated files are what `scripts/reference.sh` would write; language servers can read them.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[path = "support/snippets.rs"]
mod snippets;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use runner::{WIRESCRIPT, command, room, tell, write};
use snippets::{Section, sections};
use support::{diff, entries, folder, note, python};

/// The examples, by the page they stand on.
fn examples() -> Vec<Section> {
    let pages = entries(&folder("src/doc/examples"));
    let found: Vec<_> = pages.iter().flat_map(|page| sections(page, "## ")).collect();
    assert!(found.len() > 80, "only {} examples", found.len());
    found
}

/// Whether this machine has what an example says it needs.
fn can_run(example: &Section) -> bool {
    let needs = example.text.lines().find_map(|line| line.strip_prefix("Needs: "));
    match needs {
        None => true,
        Some(path) if path.starts_with('/') => Path::new(path).exists(),
        Some(family) => {
            let code = format!("socket.socket(socket.{family}, socket.SOCK_SEQPACKET):close()");
            runner::eval(&code).status == 0
        }
    }
}

/// Runs `work` on every item, a few at a time; fails with all complaints.
fn all<T: Send>(items: Vec<T>, work: impl Fn(T) -> Option<String> + Sync) {
    let (items, problems) = (Mutex::new(items), Mutex::new(Vec::new()));
    let next = || items.lock().expect("no worker panics while it takes one").pop();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, NonZero::get) * 2 {
            scope.spawn(|| {
                while let Some(item) = next() {
                    if let Some(problem) = work(item) {
                        problems.lock().expect("no worker panics here").push(problem);
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().expect("the workers are done");
    assert!(
        problems.is_empty(),
        "{} problems (- expected, + printed)\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn examples_print_what_they_say() {
    let home = room("examples");
    let mut runs = Vec::new();
    for (number, example) in examples()
        .into_iter()
        .enumerate()
        .filter(|(_, example)| can_run(example))
    {
        for language in ["lua", "rhai"] {
            let place = home.join(format!("{number}_{language}"));
            fs::create_dir(&place).expect("a new folder");
            write(&place, "example", example.block(language));
            runs.push((
                example.heading.clone(),
                example.block("").to_owned(),
                language,
                place,
            ));
        }
    }
    all(runs, |(heading, prints, language, place)| {
        let told = tell(command(["--lang", language, "example", "one"]).current_dir(place));
        (told.stdout != prints || told.status != 0).then(|| {
            format!(
                "{heading} in {language}, status {}\n{}{}",
                told.status,
                diff(&prints, &told.stdout),
                told.stderr
            )
        })
    });
}

/// The servers that the page of `socketserver` shows, at a port of their own, answer.
#[test]
fn servers_of_the_page_serve() {
    let home = room("servers");
    let page = fs::read_to_string(folder("docs/reference/socketserver.md")).expect("the page");
    for (language, begin, talk) in [
        (
            "lua",
            "server:serve_forever()",
            "task.spawn(function() server:serve_forever() end)
             local c <close> = socket.create_connection(server.server_address)
             c:sendall('ab\\n') print(repr(c:recv(9))) c:close() server:shutdown()",
        ),
        (
            "rhai",
            "server.serve_forever();",
            "task::spawn(|s| s.serve_forever(), server);
             with c = socket::create_connection(server.server_address) {
                 c.sendall(`ab\n`); print(repr(c.recv(9)));
             }
             server.shutdown();",
        ),
    ] {
        let code = page
            .split(&format!("```{language}\n"))
            .nth(1)
            .and_then(|rest| rest.split("```").next());
        let code = code.expect("an example").replace("7000", "0");
        assert!(code.contains(begin), "{code}");
        write(&home, "served", code.replace(begin, talk));
        let told = tell(command(["--lang", language, "served"]).current_dir(&home));
        assert_eq!(
            (&*told.stdout, told.status),
            ("b'ab\\n'\n", 0),
            "{language}: {}",
            told.stderr
        );
    }
}

/// One CPython runs them all, each in a namespace of its own.
#[test]
fn python_prints_the_same() {
    const DRIVER: &str = "
import array, contextlib, errno, fcntl, io, json, os, socket, struct, sys, time, warnings
warnings.simplefilter('ignore')
sys.argv = ['example', 'one']
for name in sorted(os.listdir('.')):
    if not name.endswith('.py'): continue
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        names = {**globals(), 'array': array.array}
        try: exec(compile(open(name, encoding='utf-8').read(), name, 'exec'), names)
        except BaseException as e: print('raised', repr(e))
    open(name[:-3] + '.out', 'w', encoding='utf-8').write(out.getvalue())
";
    let Some(python) = python() else { return };
    let home = room("python");
    let twins: Vec<_> = examples()
        .into_iter()
        .filter(|example| !example.block("python").is_empty() && can_run(example))
        .collect();
    assert!(twins.len() > 50, "only {} have a twin in Python", twins.len());
    for (number, example) in twins.iter().enumerate() {
        write(&home, format!("{number}.py"), example.block("python"));
    }
    let told = tell(Command::new(python).args(["-c", DRIVER]).current_dir(&home));
    assert_eq!(told.status, 0, "{}", told.stderr);
    let mut problems = String::new();
    for (number, example) in twins.iter().enumerate() {
        let printed = fs::read_to_string(home.join(format!("{number}.out"))).unwrap_or_default();
        if printed != example.block("") {
            problems.push_str(&format!(
                "{} in Python\n{}",
                example.heading,
                diff(example.block(""), &printed)
            ));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in entries(&next) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("a text");
                let name = path.strip_prefix(folder).expect("it is below").to_owned();
                found.push((name, text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn generated_files_are_fresh() {
    let home = room("generated");
    let told = tell(
        Command::new(folder("scripts/reference.sh"))
            .arg(&home)
            .env("WIRESCRIPT", WIRESCRIPT),
    );
    assert_eq!((told.status, &*told.stderr), (0, ""));
    let fresh = files(&home);
    assert!(fresh.len() > 20, "{fresh:?}");
    for (name, text) in &fresh {
        let committed = fs::read_to_string(folder("").join(name)).unwrap_or_default();
        assert!(
            committed == *text,
            "{} is not what the table says now: run scripts/reference.sh and commit what it wrote",
            name.display()
        );
    }
    // And nothing is left of what is not generated any more.
    for path in entries(&folder("docs/reference")) {
        let name = Path::new("docs/reference").join(path.file_name().unwrap_or_default());
        assert!(
            fresh.iter().any(|(known, _)| *known == name),
            "{} is left over",
            name.display()
        );
    }
}

/// Every name of the definitions is one in Rhai: it parses there, and what is of a module is found in it.
#[test]
fn rhai_knows_what_its_definitions_say() {
    let text = fs::read_to_string(folder("stdlib/types/socket.d.rhai")).expect("the definitions");
    let (mut script, mut module, mut count) = (String::new(), String::new(), 0);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix("module ")
            .and_then(|line| line.strip_suffix(" {"))
        {
            module = format!("{name}::");
        } else if line == "}" {
            module.clear();
        } else if let Some((name, _)) = line.strip_prefix("const ").and_then(|line| line.split_once(':')) {
            count += 1;
            script.push_str(&format!("{module}{name};\n"));
        } else if let Some((name, rest)) = line.strip_prefix("fn ").and_then(|line| line.split_once('(')) {
            count += 1;
            let (parameters, result) = rest.rsplit_once(") -> ").expect("a result");
            assert!(result.ends_with(';'), "{line}");
            let names: Vec<_> = parameters
                .split(", ")
                .filter(|parameter| !parameter.is_empty())
                .map(|parameter| {
                    parameter
                        .split_once(": ")
                        .unwrap_or_else(|| panic!("no type: {line}"))
                        .0
                })
                .map(|name| name.trim_start_matches("..."))
                .collect();
            script.push_str(&format!("fn f{count}({}) {{ }}\n", names.join(", ")));
            match (module.is_empty(), name.strip_prefix("get ")) {
                // A function of a script's is called, and no value.
                (false, _) if module == "socketserver::" => {
                    script.push_str(&format!("fn g{count}(x) {{ {module}{name}(x) }}\n"));
                }
                (false, _) => script.push_str(&format!("{module}{name};\n")),
                (true, Some(name)) => script.push_str(&format!("fn g{count}(x) {{ x.{name} }}\n")),
                (true, None) => script.push_str(&format!("fn g{count}(x) {{ x.{name}() }}\n")),
            }
        } else {
            let known = line.is_empty() || line.starts_with("//") || line == "module static;";
            assert!(known, "what is this: {line}");
        }
    }
    assert!(count > 800, "only {count} definitions");
    let home = room("definitions");
    let path = write(&home, "all.rhai", script + "print(\"found\");\n");
    let told = tell(command([path]).current_dir(&home));
    assert_eq!((&*told.stdout, &*told.stderr), ("found\n", ""));
}

/// What a checker of Lua that is installed here says of a script that uses the types; where there is none, Lua itself
/// at least reads the file.
#[test]
fn a_language_server_has_no_complaint() {
    let home = room("types");
    let types = folder("stdlib/types");
    write(&home, "example.lua", include_str!("support/typed.lua"));
    let settings = format!(
        r#"{{"runtime": {{"version": "Lua5.4"}}, "workspace": {{"library": [{:?}]}}}}"#,
        types.display().to_string()
    );
    write(&home, ".emmyrc.json", &settings);
    let plain = format!(
        r#"{{"runtime.version": "Lua 5.4", "workspace.library": [{:?}]}}"#,
        types.display().to_string()
    );
    write(&home, ".luarc.json", plain);
    let run = tell(command(["example.lua"]).current_dir(&home));
    assert_eq!((&*run.stderr, run.status), ("", 0), "the example itself runs");
    for path in entries(&types)
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "lua"))
    {
        let code = format!("assert(loadfile({:?}))", path.display().to_string());
        assert_eq!(runner::eval(&code).stderr, "", "{}", path.display());
    }
    let mut asked = false;
    for (checker, arguments) in [
        (
            "emmylua_check",
            &["--warnings-as-errors", "-c", ".emmyrc.json", "."][..],
        ),
        ("lua-language-server", &["--check=.", "--checklevel=Warning"][..]),
    ] {
        let Ok(done) = Command::new(checker).args(arguments).current_dir(&home).output() else {
            continue;
        };
        asked = true;
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(
            done.status.success(),
            "{checker}:\n{said}{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    if !asked {
        note("neither lua-language-server nor emmylua_check is here: the types were NOT checked by one");
    }
}

//! The same place by another name: programs, numbers, sockets that the kernel names.

use super::*;

#[test]
fn a_granted_folder_of_programs_is_not_left_by_dots() {
    use std::os::unix::fs::PermissionsExt as _;

    let room = folder("loopholes_programs");
    fs::create_dir(room.join("granted")).expect("a folder");
    for name in ["granted/good", "evil"] {
        fs::write(room.join(name), "#!/bin/sh\necho it ran\n").expect("a program");
        fs::set_permissions(room.join(name), fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let here = room.display();
    let lua = format!(
        "for _, name in ipairs {{'{here}/granted/good', './granted/good', '{here}/granted/../evil', './granted/x/../../evil', 'good'}} do
             try(function() tube.spawn({{name}}):close() end)
         end"
    );
    let rhai = format!(
        "for name in [\"{here}/granted/good\", \"./granted/good\", \"{here}/granted/../evil\", \"./granted/x/../../evil\", \"good\"] {{
             try_it.call(|| tube::spawn([name]).close());
         }}"
    );
    let allow = format!("--allow-run={here}/granted/*");
    all_say(
        &attempts(&room, &["--sandbox", &allow], &lua, &rhai),
        &format!("allowed\nallowed\n{}", "PermissionError\n".repeat(3)),
    );
    let lua = format!(
        "for _, name in ipairs {{'{here}/evil', './evil', '{here}/granted/../evil', 'granted/../evil'}} do
             try(function() tube.spawn({{name}}):close() end)
         end
         try(function() tube.spawn({{'./evil'}}, {{cwd = '{here}'}}):close() end)"
    );
    let rhai = format!(
        "for name in [\"{here}/evil\", \"./evil\", \"{here}/granted/../evil\", \"granted/../evil\"] {{
             try_it.call(|| tube::spawn([name]).close());
         }}
         try_it.call(|| tube::spawn([\"./evil\"], #{{cwd: \"{here}\"}}).close());"
    );
    for deny in [format!("--deny-run={here}/evil"), "--deny-run=evil".to_owned()] {
        all_say(
            &attempts(&room, &[&deny], &lua, &rhai),
            &"PermissionError\n".repeat(5),
        );
    }
}

/// A number is one however it is written, and what the resolver gave for a name that is denied is denied in every form.
#[test]
fn a_number_in_another_form_is_the_same_answer() {
    let room = folder("loopholes_numbers");
    let lua = "socket.getaddrinfo('localhost', 9)
               for _, host in ipairs {'127.0.0.1', '127.1', '0x7f000001', '2130706433', '0.0.0.0', ''} do
                   try(function() socket.socket():connect {host, 9} end)
               end
               try(function() socket.socket():connect {'127.0.0.2', 9} end)";
    let rhai = "socket::getaddrinfo(\"localhost\", 9);
                for host in [\"127.0.0.1\", \"127.1\", \"0x7f000001\", \"2130706433\", \"0.0.0.0\", \"\"] {
                    try_it.call(|| socket::socket().connect([host, 9]));
                }
                try_it.call(|| socket::socket().connect([\"127.0.0.2\", 9]));";
    all_say(
        &attempts(&room, &["--deny-net=localhost:9"], lua, rhai),
        &format!("{}ConnectionRefusedError\n", "PermissionError\n".repeat(6)),
    );
}

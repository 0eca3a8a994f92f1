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

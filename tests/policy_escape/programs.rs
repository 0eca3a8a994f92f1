//! Programs, forks, and files by other ways than `open`.

use super::*;

fn network_only() -> Policy {
    built(
        Policy::deny_all()
            .allow_net("*")
            .and_then(|policy| policy.allow_listen("*")),
    )
}

attempts! { a_program, network_only(),
    a_tube: "", "tube.spawn({'true'})"; "", "tube::spawn([\"true\"])";
    a_tube_of_a_shell: "", "tube.spawn({'sh', '-c', 'true'})"; "", "tube::spawn([\"sh\", \"-c\", \"true\"])";
    a_tube_by_its_path: "", "tube.spawn({'/bin/true'})"; "", "tube::spawn([\"/bin/true\"])";
    a_tube_with_keywords: "", "tube.spawn({argv = {'true'}})"; "", "tube::spawn(#{argv: [\"true\"]})";
    a_tube_on_a_path: "", "tube.connect('unix:///tmp/nowhere')"; "", "tube::connect(\"unix:///tmp/nowhere\")";
    a_tube_that_listens_on_a_path: "", "tube.listen('unix:///tmp/wirescript-escape')"; "", "tube::listen(\"unix:///tmp/wirescript-escape\")";
    a_recording: "", "tube.replay('/etc/hostname')"; "", "tube::replay(\"/etc/hostname\")";
    a_fork: "", "_socketserver.fork(function() end)"; "", "_socketserver::fork(|| 0)";
    a_worker: "", "worker.spawn('return 1')"; "", "worker::spawn(\"1\")";
    a_file: "", "open('/etc/hostname')"; "", "open(\"/etc/hostname\")";
    a_file_to_append: "", "open('/tmp/wirescript-escape', 'ab')"; "", "open(\"/tmp/wirescript-escape\", \"ab\")";
    a_file_to_create: "", "open('/tmp/wirescript-escape', 'xb')"; "", "open(\"/tmp/wirescript-escape\", \"xb\")";
    a_file_to_change: "", "open('/etc/hostname', 'r+')"; "", "open(\"/etc/hostname\", \"r+\")";
    a_file_to_send: "local a = socket.socketpair()", "a:sendfile(open('/etc/hostname', 'rb'))"; "let a = socket::socketpair()[0];", "a.sendfile(open(\"/etc/hostname\", \"rb\"))";
    a_device: "", "open('/dev/tcp/127.0.0.1/9')"; "", "open(\"/dev/tcp/127.0.0.1/9\")";
    the_memory: "", "open('/proc/self/mem', 'r+b')"; "", "open(\"/proc/self/mem\", \"r+b\")";
}

/// Starting one program does not start another.
fn one_program() -> Policy {
    built(Policy::deny_all().allow_run("true"))
}

attempts! { another_program, one_program(),
    by_its_name: "", "tube.spawn({'sh'})"; "", "tube::spawn([\"sh\"])";
    by_a_path: "", "tube.spawn({'/tmp/true'})"; "", "tube::spawn([\"/tmp/true\"])";
    by_a_path_from_here: "", "tube.spawn({'./true'})"; "", "tube::spawn([\"./true\"])";
    by_a_path_to_look_at: "", "tube.spawn({'true'}, {env = {PATH = '/tmp'}})"; "", "tube::spawn([\"true\"], #{env: #{PATH: \"/tmp\"}})";
    by_what_the_loader_loads: "", "tube.spawn({'true'}, {env = {LD_PRELOAD = '/tmp/x.so'}})"; "", "tube::spawn([\"true\"], #{env: #{LD_PRELOAD: \"/tmp/x.so\"}})";
    by_where_the_loader_writes: "", "tube.spawn({'true'}, {env = {LD_DEBUG = 'libs', LD_DEBUG_OUTPUT = '/tmp/x'}})";
        "", "tube::spawn([\"true\"], #{env: #{LD_DEBUG: \"libs\", LD_DEBUG_OUTPUT: \"/tmp/x\"}})";
    by_any_variable: "", "tube.spawn({'true'}, {env = {A = 'b'}})"; "", "tube::spawn([\"true\"], #{env: #{A: \"b\"}})";
}

/// One program in a folder, by a path that begins where the process is, and one variable.
fn one_program_here() -> Policy {
    built(
        Policy::deny_all()
            .allow_run("./tool")
            .and_then(|policy| policy.allow_env("LANG")),
    )
}

attempts! { another_program_of_that_path, one_program_here(),
    in_a_folder_of_the_scripts: "", "tube.spawn({'./tool'}, {cwd = '/tmp'})"; "", "tube::spawn([\"./tool\"], #{cwd: \"/tmp\"})";
    with_another_variable: "", "tube.spawn({'./tool'}, {env = {LANG = 'C', LANGUAGE = 'de'}})";
        "", "tube::spawn([\"./tool\"], #{env: #{LANG: \"C\", LANGUAGE: \"de\"}})";
}

//! A trace as one page for a browser: `page.html`, `page.css` and `page.js` beside this file, with the records put in as data.
//!
//! The data is a column an aspect (times, sockets, tasks, bytes), which a browser reads an order of magnitude sooner than
//! an object an event. Long messages are cut, and the page says so.

use std::collections::HashMap;

use serde::Serialize;

use super::decode::Decoder;
use super::{Header, Kind, Record, describe};

/// Most bytes of a message that the page shows.
const MOST: usize = 64 * 1024;
/// As [`MOST`], where the messages of a trace are many and large.
const FEW: usize = 1024;
/// Bytes of messages from which on there are too many.
const LARGE: usize = 32 * 1024 * 1024;

/// What the page is told; `page.js` reads it.
#[derive(Serialize)]
struct Data<'a> {
    title: &'a str,
    version: &'a str,
    started_ms: u64,
    plaintext: bool,
    tasks: Vec<String>,
    places: Vec<&'a str>,
    sockets: Vec<Shown>,
    ns: Vec<u64>,
    kind: Vec<u8>,
    socket: Vec<i64>,
    task: Vec<i64>,
    place: Vec<i64>,
    /// Bytes of a message.
    size: Vec<usize>,
    /// What is said of an event that is no message, or beside one.
    note: Vec<String>,
    /// A message: `t` and text, or `b` and base64.
    data: Vec<String>,
    /// What is in a message, by its place among the events, where it could be told.
    trees: Vec<(usize, String)>,
}

/// A socket as the page shows it.
#[derive(Serialize, Default)]
struct Shown {
    number: u64,
    fd: i32,
    family: String,
    #[serde(rename = "type")]
    kind: String,
    local: String,
    peer: String,
    /// The place of the socket it is paired with.
    pair: Option<u64>,
    accepted: bool,
    process: Option<u32>,
    worker: Option<String>,
    peer_process: Option<i32>,
}

/// Things that are counted as they come, each once.
#[derive(Default)]
struct Places<K>(HashMap<K, i64>);

impl<K: std::hash::Hash + Eq> Places<K> {
    /// The place of a thing; true when it is new.
    fn of(&mut self, key: K) -> (i64, bool) {
        let next = i64::try_from(self.0.len()).unwrap_or(i64::MAX);
        let mut new = false;
        let place = *self.0.entry(key).or_insert_with(|| {
            new = true;
            next
        });
        (place, new)
    }
}

/// The page of a trace; `decoder` reads its messages.
pub(crate) fn page(header: &Header, records: &[Record<'_>], title: &str, decoder: Decoder) -> String {
    let data = gather(header, records, title, decoder);
    // Numbers and strings always have a form in JSON.
    let json = serde_json::to_string(&data).unwrap_or_default();
    // Within a script no tag may end it; in JSON only strings have such a sign.
    let json = json.replace('<', "\\u003c");
    let shown_title = title
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    // The data comes last: what stands in it is no place for anything.
    let (before, after) = include_str!("page.html")
        .split_once("{{data}}")
        .unwrap_or_default();
    let fill = |text: &str| {
        text.replace("{{title}}", &shown_title)
            .replace("{{style}}", include_str!("page.css"))
            .replace("{{script}}", include_str!("page.js"))
    };
    [fill(before), json, fill(after)].concat()
}

fn gather<'a>(
    header: &'a Header,
    records: &'a [Record<'a>],
    title: &'a str,
    mut decoder: Decoder,
) -> Data<'a> {
    let total: usize = records.iter().map(length).sum();
    let most = if total > LARGE { FEW } else { MOST };
    let mut data = Data {
        title,
        version: &header.version,
        started_ms: header.started_ns / 1_000_000,
        plaintext: header.plaintext,
        tasks: Vec::new(),
        places: Vec::new(),
        sockets: Vec::new(),
        ns: Vec::with_capacity(records.len()),
        kind: Vec::with_capacity(records.len()),
        socket: Vec::with_capacity(records.len()),
        task: Vec::with_capacity(records.len()),
        place: Vec::with_capacity(records.len()),
        size: Vec::with_capacity(records.len()),
        note: Vec::with_capacity(records.len()),
        data: Vec::with_capacity(records.len()),
        trees: Vec::new(),
    };
    let (mut sockets, mut tasks, mut places) = (Places::default(), Places::default(), Places::default());
    let mut pairs = Vec::new();
    for record in records {
        let task = record.task.map_or(-1, |number| {
            let (place, new) = tasks.of((record.process, record.worker.as_deref(), number));
            if new {
                data.tasks.push(task_label(record, number));
            }
            place
        });
        if record.event == Kind::Task {
            if let (Some(name), Ok(place)) = (&record.name, usize::try_from(task)) {
                // Who was given no name is called by its number.
                if !data.tasks[place].ends_with(&name.replace('-', " ")) {
                    data.tasks[place].push_str(&format!(" {name}"));
                }
            }
            continue;
        }
        let socket = record.socket.map_or(-1, |number| {
            let (place, new) = sockets.of(number);
            if new {
                data.sockets.push(Shown {
                    number,
                    ..Shown::default()
                });
            }
            if let Some(shown) = usize::try_from(place)
                .ok()
                .and_then(|place| data.sockets.get_mut(place))
            {
                shown.learn(record);
            }
            if let (Kind::Pair, Some(other)) = (record.event, record.other) {
                pairs.push((number, other));
            }
            place
        });
        let place = record.at.as_deref().map_or(-1, |at| {
            let (place, new) = places.of(at);
            if new {
                data.places.push(at);
            }
            place
        });
        data.trees
            .extend(decoder.tree(record).map(|tree| (data.ns.len(), tree)));
        data.ns.push(record.ns);
        data.kind.push(code(record.event));
        data.socket.push(socket);
        data.task.push(task);
        data.place.push(place);
        data.size.push(length(record));
        data.note.push(note(record));
        data.data.push(shown_data(record, most));
    }
    for (one, other) in pairs {
        for (one, other) in [(one, other), (other, one)] {
            if let Some(shown) = data.sockets.iter_mut().find(|shown| shown.number == one) {
                shown.pair = Some(other);
            }
        }
    }
    data
}

impl Shown {
    fn learn(&mut self, record: &Record<'_>) {
        let own = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
        if let Some(fd) = record.fd {
            self.fd = fd;
        }
        match record.event {
            Kind::Open => {
                self.family = own(&record.family);
                self.kind = own(&record.type_);
                self.process = record.process;
                self.worker = record.worker.as_deref().map(str::to_owned);
            }
            Kind::Bind | Kind::Connect | Kind::Accept | Kind::Ends => {
                if let Some(local) = &record.local {
                    self.local = local.to_string();
                }
                if let Some(peer) = &record.peer {
                    self.peer = peer.to_string();
                }
                self.accepted |= record.event == Kind::Accept;
                self.peer_process = record.peer_process.or(self.peer_process);
            }
            _ => {}
        }
    }
}

fn task_label(record: &Record<'_>, number: u64) -> String {
    let mut label = String::new();
    if let Some(process) = record.process {
        label.push_str(&format!("process {process} "));
    }
    if let Some(worker) = &record.worker {
        label.push_str(&format!("{worker} "));
    }
    label.push_str(&format!("task {number}"));
    label
}

/// Bytes of a record's message; what cannot be read counts as none.
fn length(record: &Record<'_>) -> usize {
    record.data().map_or(0, |data| data.len())
}

/// Kinds as `page.js` counts them.
const fn code(kind: Kind) -> u8 {
    match kind {
        Kind::Sent => 0,
        Kind::Received => 1,
        Kind::Open | Kind::Pair => 2,
        Kind::Bind | Kind::Listen => 3,
        Kind::Connect | Kind::Accept | Kind::Ends => 4,
        Kind::Option => 5,
        Kind::Shutdown => 6,
        Kind::Close => 7,
        Kind::Error | Kind::Refused => 8,
        Kind::Done | Kind::Task => 9,
    }
}

fn note(record: &Record<'_>) -> String {
    if !record.is_message() {
        return describe(record);
    }
    let mut note = String::new();
    if let Some(to) = &record.to {
        note.push_str(&format!("to {to} "));
    }
    if let Some(from) = &record.from {
        note.push_str(&format!("from {from} "));
    }
    if record.peeked {
        note.push_str("peeked ");
    }
    if record.plaintext {
        note.push_str("inside TLS ");
    }
    note.truncate(note.trim_end().len());
    note
}

fn shown_data(record: &Record<'_>, most: usize) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    match (&record.text, &record.base64) {
        (Some(text), _) => {
            let end = (0..=most.min(text.len()))
                .rev()
                .find(|end| text.is_char_boundary(*end));
            format!("t{}", &text[..end.unwrap_or(0)])
        }
        (None, Some(coded)) if coded.len() / 4 * 3 <= most => format!("b{coded}"),
        (None, Some(_)) => {
            let data = record.data().unwrap_or_default();
            format!("b{}", STANDARD.encode(&data[..data.len().min(most)]))
        }
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            wirescript_trace: 1,
            version: "0".into(),
            started_ns: 5_000_000,
            process: 1,
            plaintext: false,
        }
    }

    #[test]
    fn nothing_in_the_data_can_end_its_script() {
        let mut record = Record::new(1, Kind::Sent).with_data(b"</script><!-- {{style}}");
        record.socket = Some(1);
        let page = page(&header(), &[record], "<b>&", Decoder::default());
        assert!(page.contains(r"t\u003c/script>\u003c!-- {{style}}"));
        assert!(page.contains("<title>&lt;b&gt;&amp;"));
        assert_eq!(page.matches("</script>").count(), 2);
    }

    #[test]
    fn long_messages_are_cut_and_keep_their_length() {
        let long = vec![b'x'; MOST * 2];
        let zeros = vec![0; MOST * 2];
        let records = [&long, &zeros].map(|data| Record::new(1, Kind::Sent).with_data(data));
        let data = gather(&Header::clone(&header()), &records, "", Decoder::default()).size;
        assert_eq!(data, [MOST * 2; 2]);
        let (header, title) = (header(), String::new());
        let shown = gather(&header, &records, &title, Decoder::default()).data;
        assert_eq!(shown[0].len(), MOST + 1);
        assert!(shown[1].len() < MOST * 4 / 3 + 8);
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let page = page(&header(), &[], "empty", Decoder::default());
        for word in ["http:", "https:", "src=", "@import", "url(", "fetch(", "XMLHttp"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}

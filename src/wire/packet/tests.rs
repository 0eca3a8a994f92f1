//! Schemas as a whole: what they pack they dissect, and nothing that they are given makes them stumble.

use super::*;
use crate::error::Class;

fn json(text: &str) -> Datum {
    serde_json::from_str(text).expect("JSON")
}

fn schema(fields: &str) -> Result<Schema> {
    Schema::declare("s", &json(fields), &json("{}"), 0)
}

const READING: Reading = Reading {
    verify: true,
    ..SHOWN
};

fn told(result: Result<impl fmt::Debug>) -> String {
    let error = result.expect_err("an error");
    assert_eq!(error.class(), Class::PacketError);
    error.message().into_owned()
}

/// Packs, dissects, packs again.
fn round(schema: &Schema, values: &str) -> Vec<u8> {
    let data = schema.pack(&json(values), 1 << 20, 0).expect("a packet");
    let read = schema.dissect(&data, READING).expect("values");
    assert_eq!(schema.pack(&read, 1 << 20, 0).expect("a packet"), data);
    data
}

#[test]
fn what_packs_dissects_and_packs_the_same() {
    for ready in &READY {
        let schema = ready.schema();
        let mut cases = Cases::new(schema.clone(), 7, 400, json("{}"), 1 << 20, 0);
        let mut valid = 0;
        while let Some((data, what)) = cases.next().expect("a case") {
            if what == "nothing changed" {
                let read = schema
                    .dissect(&data, READING)
                    .unwrap_or_else(|error| panic!("{error}: {data:02x?}"));
                assert_eq!(
                    schema.pack(&read, 1 << 20, 0).expect("a packet"),
                    data,
                    "{}",
                    ready.name
                );
                valid += 1;
            }
        }
        assert!(valid > 10, "{}", ready.name);
    }
}

#[test]
fn every_case_is_dissected_or_refused() {
    for ready in &READY {
        let schema = ready.schema();
        let (mut read, mut refused) = (0, 0);
        let mut cases = Cases::new(schema.clone(), 1, 1500, json("{}"), 1 << 20, 0);
        while let Some((data, what)) = cases.next().expect("a case") {
            match schema.dissect(&data, READING) {
                Ok(values) => {
                    // What was taken for a packet is one: it can be packed, if not to the same bytes.
                    read += 1;
                    let packed = schema.pack(&values, 1 << 20, 0);
                    assert!(packed.is_ok(), "{what}: {:?}", packed.err());
                }
                Err(error) => {
                    assert_eq!(error.class(), Class::PacketError, "{what}");
                    refused += 1;
                }
            }
            assert!(!schema.show(&data, READING).is_empty());
        }
        assert!(
            read > 100 && refused > 50,
            "{}: {read} read, {refused} refused",
            ready.name
        );
    }
}

#[test]
fn noise_is_refused_or_read() {
    let mut state = 5_u64;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    for ready in &READY {
        let schema = ready.schema();
        for _ in 0..2000 {
            let size = usize::from(byte() % 80);
            let data: Vec<u8> = std::iter::repeat_with(&mut byte).take(size).collect();
            let _ = schema.dissect(&data, SHOWN);
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_cases() {
    let cases = |seed| {
        let mut cases = Cases::new(READY[0].schema(), seed, 50, json("{}"), 1 << 20, 0);
        std::iter::from_fn(move || cases.next().expect("a case")).collect::<Vec<_>>()
    };
    assert_eq!(cases(3), cases(3));
    assert_ne!(cases(3), cases(4));
}

#[test]
fn numbers_lie_where_they_should() {
    let s = schema(
        r#"[["a","u4"],["b","i4"],["c","u12le"],["d","u4"],["e","u24le"],["f","i40"],["g","u64"],["h","f32"],["i","u16",{"scale":256}]]"#,
    )
    .expect("a schema");
    let data = round(
        &s,
        r#"{"a":10,"b":-1,"c":291,"d":4,"e":66051,"f":-2,"g":18446744073709551615,"h":1.5,"i":1.5}"#,
    );
    let expected =
        b"\xaf\x34\x12\x03\x02\x01\xff\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x3f\xc0\0\0\x01\x80";
    assert_eq!(data, expected);
}

#[test]
fn lists_and_strings_end_in_many_ways() {
    let s = schema(
        r#"[["n","u8"],["a","u16",{"count":"n"}],["b","str",{"prefix":"u8","count":2}],["c","bytes",{"terminator":"\r\n"}],
            ["d","u8",{"last":0}],["e",[["t","u8"],["l","u8"],["v","bytes",{"size":"l"}]],{"last":{"t":255}}],
            ["f","str",{"size":4,"pad":0,"encoding":"utf-16-le"}],["g","cstr",{"encoding":"latin-1"}],["h","ip6"],["i","mac"],
            ["j","u8",{"count":"*"}]]"#,
    )
    .expect("a schema");
    let data = round(
        &s,
        r#"{"a":[1,2],"b":["x",""],"c":"line","d":[5,0],"e":[{"t":1,"v":"ab"},{"t":255}],"f":"ü","g":"é","h":"::1",
            "i":"02:00:00:00:00:01","j":[9,8]}"#,
    );
    let expected = b"\x02\0\x01\0\x02\x01x\0line\r\n\x05\0\x01\x02ab\xff\0\xfc\0\0\0\xe9\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\
                     \x02\0\0\0\0\x01\x09\x08";
    assert_eq!(data, expected);
}

#[test]
fn a_list_has_the_element_that_ends_it_and_has_it_last() {
    let s = schema(
        r#"[["l","u8",{"last":0,"enum":{"end":0}}],["m",[["t","u8"],["v","bytes",{"prefix":"u8"}]],{"last":{"t":255}}]]"#,
    )
    .expect("a schema");
    for (values, words) in [
        (r#"{"l":[1,2],"m":[{"t":255}]}"#, "the last one given is 2"),
        (r#"{"l":[],"m":[{"t":255}]}"#, "none is given"),
        (r#"{"m":[{"t":255}]}"#, "none is given"),
        (r#"{"l":[0,2,0],"m":[{"t":255}]}"#, "element 0 is 0"),
        (r#"{"l":[0],"m":[{"t":1}]}"#, "ends the list"),
        (r#"{"l":[0],"m":[{"t":255},{"t":255}]}"#, "element 0 is"),
    ] {
        let error = s.pack(&json(values), 1 << 20, 0).expect_err(values);
        assert!(error.message().contains(words), "{values}: {}", error.message());
    }
    let data = s.pack(
        &json(r#"{"l":[1,"end"],"m":[{"t":1,"v":"a"},{"t":255,"v":""}]}"#),
        1 << 20,
        0,
    );
    assert_eq!(data.expect("bytes"), b"\x01\0\x01\x01a\xff\0");
}

#[test]
fn fields_hang_on_others() {
    let s = schema(
        r#"[["kind","u8",{"enum":{"a":1,"b":2}}],["x","u8",{"when":{"kind":["a",7]}}],["y","u8",{"when":["kind",">",1]}],
            ["z","union",{"on":"kind","cases":{"a":"u16","2":[["p","u8"]]},"default":"bytes"}]]"#,
    )
    .expect("a schema");
    assert_eq!(round(&s, r#"{"kind":"a","x":9,"z":5}"#), [1, 9, 0, 5]);
    assert_eq!(round(&s, r#"{"kind":"b","y":8,"z":{"p":3}}"#), [2, 8, 3]);
    assert_eq!(
        round(&s, r#"{"kind":7,"x":1,"y":8,"z":"hi"}"#),
        *b"\x07\x01\x08hi"
    );
    assert_eq!(
        told(s.pack(&json(r#"{"kind":2,"x":1,"y":1,"z":{"p":0}}"#), 99, 0)),
        "s.x: given, but this packet has no such field: see its `when` or `unless`"
    );
}

#[test]
fn what_is_given_is_packed_as_it_is() {
    let s = schema(r#"[["n","u8"],["sum","u8",{"checksum":"xor8"}],["data","bytes",{"size":"n"}]]"#)
        .expect("a schema");
    let lie = s
        .pack(&json(r#"{"n":9,"sum":1,"data":"ab"}"#), 99, 0)
        .expect("a packet");
    assert_eq!(lie, *b"\x09\x01ab");
    assert_eq!(
        told(s.dissect(&lie, READING)),
        "s.data: 9 bytes are needed at offset 2, as 'n' is 9; 2 are left"
    );
    let wrong = *b"\x02\x07ab";
    assert_eq!(
        told(s.dissect(&wrong, READING)),
        "s.sum: the checksum is wrong: 0x07, and 0x01 is right (verify=false passes over it)"
    );
}

#[test]
fn lengths_measure_spans_and_units() {
    let s = schema(
        r#"[["words","u8",{"length_of":"*","unit":4,"plus":-1}],["a","bytes",{"size":3}],["b","bytes"]]"#,
    )
    .expect("a schema");
    assert_eq!(round(&s, r#"{"a":"xyz","b":"0123"}"#), *b"\x01xyz0123");
    assert_eq!(
        told(s.pack(&json(r#"{"a":"xyz","b":"0"}"#), 99, 0)),
        "s.words: 5 bytes are no multiple of 4"
    );
    let rest = s.dissect(b"\x00xyzmore", READING).expect("values");
    assert!(
        matches!(rest, Datum::Map(entries) if entries.contains(&("rest".into(), Datum::Bytes(b"more".to_vec()))))
    );
}

#[test]
fn declarations_that_make_no_sense_are_told() {
    for (fields, words) in [
        (r#"[["a","u3"],["b","u8"]]"#, "have 11 bits"),
        (r#"[["a","u3"],["b","bytes"]]"#, "from 'a' to 'b' have 3 bits"),
        (r#"[["a","u65"]]"#, "1 to 64 bits"),
        (r#"[["a","u8"],["a","u8"]]"#, "two fields of this name"),
        (r#"[["a","bytes",{"size":"b"}]]"#, "no field 'b' beside it"),
        (r#"[["a","bytes",{"size":"b"}],["b","u8"]]"#, "comes later"),
        (r#"[["a","u8",{"checksum":"crc32"}]]"#, "is a u32"),
        (r#"[["a","u8",{"checksum":"crc"}]]"#, "there is no checksum 'crc'"),
        (r#"[["a","union",{"cases":{"1":"u8"}}]]"#, "by which field"),
        (r#"[["a","u8",{"dfault":1}]]"#, "did you mean 'default'"),
        (r#"[["a","u8",{"size":1}]]"#, "no option of this type"),
        (r#"[["a","uint8"]]"#, "did you mean 'u8'?"),
        (r#"[["a","float16"]]"#, "did you mean 'f16'?"),
        (r#"[["a","doubel"]]"#, "f16, f32, f64"),
        (r#"[["rest","u8"]]"#, "the bytes are called that are left over"),
        (r#"["a"]"#, "a field is a list"),
        (r#"[["a"]]"#, "has no type"),
        (r#"[["a","u8",5]]"#, "come options"),
        (r#"[["a","u8",{"enum":{"x":"y"}}]]"#, "pairs a name"),
        (r#"[["a","u8",{"when":5}]]"#, "when is"),
        (
            r#"[["a","bytes",{"size":1,"prefix":"u8"}]]"#,
            "one of size, prefix",
        ),
    ] {
        let text = told(schema(fields));
        assert!(text.contains(words), "{fields}: {text}");
    }
    let mut nested = r#"[["a","u8"]]"#.to_owned();
    for _ in 0..20 {
        nested = format!(r#"[["a",{nested}]]"#);
    }
    assert!(told(schema(&nested)).contains("levels deep"));
    let itself = json(r#"{"types":{"t":[["x","t"]]}}"#);
    let text = told(Schema::declare("s", &json(r#"[["a","t"]]"#), &itself, 0));
    assert!(text.contains("part of itself"), "{text}");
}

/// Lists within lists, defaults of them, and types that are used several times are small to write and large to make.
#[test]
fn what_is_small_to_declare_is_not_large_to_make() {
    // Each type of fifty of the one before.
    let mut types = vec![r#""t0":[["x","u8",{"default":0}]]"#.to_owned()];
    for level in 1..10 {
        let fields: Vec<_> = (0..50)
            .map(|place| format!(r#"["a{place}","t{}"]"#, level - 1))
            .collect();
        types.push(format!(r#""t{level}":[{}]"#, fields.join(",")));
    }
    let types = json(&format!(r#"{{"types":{{{}}}}}"#, types.join(",")));
    let text = told(Schema::declare("s", &json(r#"[["a","t9"]]"#), &types, 0));
    assert!(text.contains("more than 16384 fields"), "{text}");
    // The same with schemas.
    let mut whole = Schema::declare("s", &json(r#"[["a","t2"]]"#), &types, 0).expect("5,051 fields");
    let twice = |schema: &Schema| {
        let field = |name: &str| Datum::List(vec![Datum::Text(name.into()), Datum::Schema(schema.clone())]);
        Schema::declare("s", &Datum::List(vec![field("a"), field("b")]), &json("{}"), 0)
    };
    while let Ok(larger) = twice(&whole) {
        whole = larger;
    }
    assert_eq!(whole.pack(&json("{}"), 1 << 20, 0).expect("a packet").len(), 5000);
    // Lists in lists, cases of which hold a packet each.
    let mut fields = r#"[["x","u8",{"count":100}]]"#.to_owned();
    for _ in 0..6 {
        fields = format!(r#"[["l",{fields},{{"count":100}}]]"#);
    }
    let lists = schema(&fields).expect("a schema");
    let case = Cases::new(lists, 7, 1, json("{}"), 1 << 20, 0).next();
    assert_eq!(case.expect_err("too many").class(), Class::PacketError);
    // Elements without a byte, as many as a default has.
    let many = vec!["{}"; 2000].join(",");
    let none = format!(
        r#"[["k","u8"],["l",[["m",[["x","u8",{{"when":"k"}}]],{{"count":"*","default":[{many}]}}]],{{"count":"*"}}]]"#
    );
    let error =
        schema(&none)
            .expect("a schema")
            .pack(&json(&format!(r#"{{"k":0,"l":[{many}]}}"#)), 1 << 20, 0);
    assert_eq!(error.expect_err("too many").class(), Class::MemoryError);
}

#[test]
fn sizes_are_not_trusted() {
    let memory = |schema: &Schema, data: &[u8]| {
        let reading = Reading {
            memory: 10_000,
            ..READING
        };
        schema.dissect(data, reading).expect_err("too much").class()
    };
    let s = schema(r#"[["n","u64"],["a",[["x","bytes",{"size":0}]],{"count":"n"}]]"#).expect("a schema");
    assert_eq!(memory(&s, &[255; 8]), Class::PacketError);
    let s = schema(r#"[["a","u8",{"count":"*"}]]"#).expect("a schema");
    assert_eq!(memory(&s, &[0; 1000]), Class::MemoryError);
    let s = schema(r#"[["a","bytes",{"size":1000000000000,"pad":0}]]"#).expect("a schema");
    assert_eq!(
        s.pack(&json(r#"{"a":""}"#), 1000, 0)
            .expect_err("too much")
            .class(),
        Class::MemoryError
    );
    let s = schema(r#"[["a","bytes",{"room":9000000000000000000}]]"#).expect("a schema");
    assert!(s.dissect(b"", READING).is_err());
}

#[test]
fn schemas_fit_messages_by_port_protocol_and_family() {
    let fits = |family, kind, protocol, port, sent, data: &[u8]| {
        let socket = Socket {
            family,
            kind,
            protocol,
            ports: [None, Some(port), None],
        };
        of_message(socket, sent, data).map(|schema| schema.name().to_owned())
    };
    assert_eq!(
        fits("AF_INET", "SOCK_DGRAM", 0, 53, true, b"").as_deref(),
        Some("dns")
    );
    assert_eq!(
        fits("AF_INET6", "SOCK_DGRAM", 17, 123, true, b"").as_deref(),
        Some("ntp")
    );
    assert_eq!(fits("AF_INET", "SOCK_STREAM", 0, 53, true, b""), None);
    assert_eq!(
        fits("AF_INET", "SOCK_RAW", 1, 0, true, b"").as_deref(),
        Some("icmp")
    );
    assert_eq!(
        fits("AF_INET", "SOCK_RAW", 1, 0, false, b"").as_deref(),
        Some("ipv4")
    );
    assert_eq!(
        fits("AF_CAN", "SOCK_RAW", 1, 0, true, &[0; 72]).as_deref(),
        Some("canfd")
    );
}

//! Documents there and back.
use super::{Element, Node, domain, parse, table, write};
use crate::fault::Kind;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};

const DOMAIN: &str = "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>compute1</name>
  <memory unit='KiB'>4194304</memory>
  <vcpu placement='static'>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <boot dev='network'/>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
  </features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <interface type='network'>
      <mac address='52:54:00:BE:ef:01'/>
      <source network='openchami-net'/>
      <model type='virtio'/>
    </interface>
    <frob yes='no'>
      <nicate>1 &lt; 2</nicate>
    </frob>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-S'/>
  </qemu:commandline>
</domain>
";

#[test]
fn a_domain_is_a_table_one_can_read_and_a_document_again() {
    let (name, value) = table::read(DOMAIN).expect("read");
    assert_eq!(name, "domain");
    assert_eq!(value["_type"], "kvm");
    assert_eq!(value["name"], "compute1");
    assert_eq!(value["memory"], json!({ "_unit": "KiB", "_": "4194304" }));
    assert_eq!(
        value["os"]["boot"],
        json!([{ "_dev": "network" }, { "_dev": "hd" }])
    );
    assert_eq!(value["features"], json!({ "acpi": {} }));
    let nics = &value["devices"]["interface"];
    assert_eq!(nics[0]["mac"]["_address"], "52:54:00:BE:ef:01");
    assert_eq!(value["devices"]["frob"][0]["nicate"], "1 < 2");
    assert_eq!(value["devices"]["emulator"], "/usr/bin/qemu-system-x86_64");
    assert_eq!(table::render(&name, &value).expect("rendered"), DOMAIN);
}

#[test]
fn a_survey_says_which_card_boots() {
    let boots = |xml: &str| {
        let root = parse(xml).expect("read");
        domain::surveyed("n".to_owned(), "running".to_owned(), &root).boots
    };
    assert_eq!(boots(DOMAIN).as_deref(), Some("52:54:00:be:ef:01"));
    let second = "<interface type='network'><mac address='52:54:00:BE:EF:02'/><source network='b'/><boot order='1'/></interface></devices>";
    let two = DOMAIN.replace("</devices>", second);
    assert_eq!(boots(&two).as_deref(), Some("52:54:00:be:ef:02"));
    let none = "<domain><name>n</name><devices/></domain>";
    assert_eq!(boots(none), None, "no card");
}

#[test]
fn a_table_may_be_written_as_a_person_would() {
    let value = json!({
        "_type": "qemu", "name": "n", "vcpu": 2, "memory": { "_unit": "GiB", "_": 4.0 },
        "features": { "acpi": true, "apic": false }, "devices": { "interface": [], "disk": {} },
    });
    let text = table::render("domain", &value).expect("rendered");
    assert_eq!(
        text,
        "<domain type='qemu'>\n  <name>n</name>\n  <memory unit='GiB'>4</memory>\n  <vcpu>2</vcpu>\n  \
         <features>\n    <acpi/>\n  </features>\n  <devices/>\n</domain>\n"
    );
    for wrong in [
        json!({ "name": ["a", ["b"]] }),
        json!({ "a b": "x" }),
        json!({ "_x": { "y": 1 } }),
        json!({ "name": "\u{1}" }),
        json!({ "_": "text", "name": "and more" }),
        json!({ "<": "<open>" }),
    ] {
        let fault = table::render("domain", &wrong).expect_err(&wrong.to_string());
        assert_eq!(fault.kind, Kind::BadArgument, "{wrong}");
    }
}

#[test]
fn text_between_elements_stays_as_it_is() {
    let text = "<metadata>\n  <note>one <b>two</b> &amp; <c/>three</note>\n</metadata>\n";
    let (name, value) = table::read(text).expect("read");
    assert_eq!(value["note"]["<"], "one <b>two</b> &amp; <c/>three");
    assert_eq!(table::render(&name, &value).expect("rendered"), text);
}

#[test]
fn what_is_no_document_is_refused_with_the_place() {
    for (text, word) in [
        ("", "no element"),
        ("compute1", "outside"),
        ("<a>\n<b></a>", "line 2"),
        ("<a><b>", "not closed"),
        ("<a/><b/>", "behind its end"),
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "DOCTYPE"),
        ("<a>&x;</a>", "&x;"),
        ("<a b='1' b='2'/>", "<a>"),
        ("<a>&#1;</a>", "character"),
    ] {
        let fault = parse(text).expect_err(text);
        assert_eq!(fault.kind, Kind::BadArgument);
        assert!(fault.message.contains(word), "{text}: {}", fault.message);
    }
    let deep = "<a>".repeat(100_000);
    assert!(parse(&deep).is_err());
}

#[test]
fn a_document_says_what_domiflist_lists_and_how_much_memory_it_wants() {
    let root = domain::document(DOMAIN, "domain").expect("a domain");
    let nics = domain::interfaces(&root);
    assert_eq!(nics[0].mac.as_deref(), Some("52:54:00:be:ef:01"));
    assert_eq!(nics[0].source.as_deref(), Some("openchami-net"));
    assert_eq!(root.at("memory").and_then(domain::kib), Some(4_194_304));
    let fault = domain::document(DOMAIN, "network").expect_err("another");
    assert!(fault.hint.is_some_and(|hint| hint.contains("virsh.define")));
}

/// Neither its size nor its form keeps anybody waiting: a megabyte is read, or refused, and written in a moment.
#[test]
fn a_large_document_takes_no_longer_than_its_size() {
    const MEGABYTE: usize = 1 << 20;
    let filled = |piece: &dyn Fn(usize) -> String| {
        let (mut text, mut number) = (String::new(), 0);
        while text.len() < MEGABYTE {
            text += &piece(number);
            number += 1;
        }
        text
    };
    let attributes = filled(&|n| format!(" a{n}=''"));
    let documents = [
        format!("<a{attributes}/>"),
        format!("<a>{}</a>", filled(&|_| "<b/>".to_owned())),
        format!(
            "<devices>{}</devices>",
            filled(&|n| format!("<b{n} c='d'/>"))
        ),
        format!("<a>{}</a>", filled(&|_| "&amp;".to_owned())),
        format!("<a>{}</a>", filled(&|_| "x<b/>".to_owned())),
        format!("<a>{}</a>", filled(&|_| "<![CDATA[]]>".to_owned())),
        format!("<a>{}</a>", filled(&|_| "<!-- -->".to_owned())),
        format!("<a b='{}'/>", filled(&|_| "&lt;\n".to_owned())),
        format!(
            "{}{}",
            "<a>".repeat(99),
            filled(&|_| "<b>".to_owned() + "</b>")
        ),
        filled(&|_| "<a>".to_owned()),
        filled(&|_| "<".to_owned()),
        filled(&|_| "&".to_owned()),
        format!("<a {}", filled(&|_| "b='".to_owned())),
    ];
    for text in documents {
        let begun = Instant::now();
        if let Ok((name, value)) = table::read(&text) {
            let written = table::render(&name, &value).expect("what was read can be written");
            assert_eq!(table::read(&written).expect("and read"), (name, value));
        }
        let head = &text[..30];
        // Some hundred times less where nothing else is to do.
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{head}: {:?}",
            begun.elapsed()
        );
    }
    // Deeper than a document can be, in a table.
    let deep = (0..200).fold(json!({}), |inner, _| json!({ "a": inner }));
    let fault = table::render("domain", &deep).expect_err("too deep");
    assert_eq!(fault.kind, Kind::BadArgument);
}

/// A name, some of them those that the schemas know.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("boot".to_owned()),
        Just("devices".to_owned()),
        Just("interface".to_owned()),
        Just("os".to_owned()),
        "[a-zA-Z_][a-zA-Z0-9_.:-]{0,6}",
    ]
}

fn tree() -> impl Strategy<Value = Element> {
    let text = "[ -~äö\n\t\r€]{0,8}";
    let attributes = move || prop::collection::btree_map("[a-z_:][a-z0-9_.-]{0,4}", text, 0..3);
    let leaf = (name(), attributes(), text).prop_map(|(name, attributes, text)| Element {
        name,
        attributes: attributes.into_iter().collect(),
        children: if text.is_empty() {
            vec![]
        } else {
            vec![Node::Text(text)]
        },
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let child = prop_oneof![
            4 => inner.prop_map(Node::Element),
            1 => text.prop_map(Node::Text),
        ];
        let children = prop::collection::vec(child, 0..4);
        (name(), attributes(), children).prop_map(|(name, attributes, children)| {
            let mut element = Element {
                name,
                attributes: attributes.into_iter().collect(),
                children: Vec::new(),
            };
            for node in children {
                match (element.children.last_mut(), node) {
                    (_, Node::Text(text)) if text.is_empty() => {}
                    (Some(Node::Text(last)), Node::Text(text)) => last.push_str(&text),
                    (_, node) => element.children.push(node),
                }
            }
            let blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
            if element.elements().next().is_some() {
                element.children.retain(|node| !blank(node));
            }
            element
        })
    })
}

/// Values that are tables of documents.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[ -~\n]{0,6}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec(("[a-z_<]{0,4}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_the_same(tree in tree()) {
        let text = write(&tree);
        prop_assert_eq!(parse(&text).expect(&text), tree, "{}", text);
    }

    #[test]
    fn a_table_loses_nothing(tree in tree()) {
        let text = write(&tree);
        let (name, value) = table::read(&text).expect("read");
        let again = table::render(&name, &value).expect(&text);
        prop_assert_eq!(table::read(&again).expect("read"), (name, value), "{}", again);
        // Every name and every text is still there, if not in the same order.
        let mut marks: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut kept: Vec<char> = again.chars().filter(|c| !c.is_whitespace()).collect();
        marks.sort_unstable();
        kept.sort_unstable();
        prop_assert_eq!(marks, kept, "{}\n{}", text, again);
    }

    #[test]
    fn any_table_is_a_document_or_refused(value in value()) {
        if let Ok(text) = table::render("domain", &value) {
            parse(&text).expect(&text);
        }
    }

    #[test]
    fn garbage_is_read_or_refused(text in "[<>/&;'\"= a-c!?\\[\\]#x0-9-]{0,60}") {
        if let Ok(root) = parse(&text) {
            prop_assert_eq!(parse(&write(&root)).ok(), Some(root));
        }
    }
}

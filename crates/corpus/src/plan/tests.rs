use super::*;
use crate::parse::{Wanted, parse_object};
use toadstone_core::RecordId;

fn read(plan: &Plan, json: &str) -> Result<Vec<(Role, String)>, Reason> {
    let fields = parse_object(json.as_bytes(), Wanted::All, 128).unwrap();
    let mut builder = BatchBuilder::new();
    plan.fill(&fields, &mut builder, 128)?;
    assert!(builder.finish(RecordId { file: 0, row: 0 }, None, plan.kind));
    let batch = builder.take();
    let record = batch.get(0).unwrap();
    Ok(Role::ALL.into_iter().filter_map(|role| Some((role, record.get(role)?.to_owned()))).collect())
}

fn pair(prompt: &[&str]) -> Plan {
    let prompt = prompt.iter().map(|name| Column::whole(name)).collect();
    let content =
        Content::Pair { prompt, chosen: Column::whole("chosen"), rejected: Column::whole("rejected") };
    Plan {
        kind: Kind::Preference,
        content,
        label: None,
        origins: vec![(Role::Author, Column::path("meta.by"))],
    }
}

#[test]
fn pairs_of_text_dialogs_and_chats() {
    let triple = |json: &str, prompt: &[&str]| {
        let found = read(&pair(prompt), json).unwrap();
        found.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
    };
    assert_eq!(
        triple(r#"{"prompt":"p","chosen":"a","rejected":"b","meta":{"by":"me"}}"#, &["prompt"]),
        ["p", "a", "b", "me"]
    );
    let dialogs = r#"{"chosen":"\n\nHuman: q\n\nAssistant: a","rejected":"\n\nHuman: q\n\nAssistant: b"}"#;
    assert_eq!(triple(dialogs, &[]), ["\n\nHuman: q", "a", "b"]);
    let chats = r#"{"prompt":"q","chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],
                    "rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}"#;
    assert_eq!(triple(chats, &["prompt"]), ["q", "a", "b"]);
    let answers = r#"{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],
                      "rejected":[{"role":"assistant","content":"a"}]}"#;
    assert_eq!(triple(answers, &["prompt"]), ["q", "a", "a"]);
}

#[test]
fn columns_are_joined_and_faults_are_named() {
    let content = Content::Columns {
        inputs: vec![Column::whole("instruction"), Column::whole("input")],
        outputs: vec![Column::whole("output")],
    };
    let plan = Plan { kind: Kind::Instruction, content, label: None, origins: vec![] };
    let texts =
        |json| read(&plan, json).map(|found| found.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
    assert_eq!(texts(r#"{"instruction":"i","input":"x","output":"o"}"#).unwrap(), ["i\nx", "o"]);
    assert_eq!(texts(r#"{"instruction":"i","input":"","output":""}"#).unwrap(), ["i", ""]);
    assert_eq!(texts(r#"{"instruction":"i","input":null,"output":"o"}"#).unwrap(), ["i", "o"]);
    let reason = |json| texts(json).unwrap_err().to_string();
    assert_eq!(reason(r#"{"instruction":1,"output":"o"}"#), "column `instruction` is a number, not text");
    assert_eq!(reason(r#"{"instruction":null,"output":"o"}"#), "column `instruction` is null");
    assert_eq!(reason(r#"{"output":"o"}"#), "column `instruction` is missing");
    assert_eq!(reason(r#"{"instruction":"i"}"#), "column `output` is missing");
    assert_eq!(reason(r#"{"instruction":"i","output":["o"]}"#), "column `output` is a list, not text");
    assert_eq!(reason(r#"{"instruction":" \n","output":""}"#), "the record has no text");
    assert!(reason(r#"{"instruction":"i","instruction":"j","output":"o"}"#).contains("occurs twice"));
}

#[test]
fn chats_may_be_text_and_paths_may_go_into_lists() {
    let content = Content::Chat {
        before: vec![Column::whole("system")],
        turns: Column::path("data.0"),
        written: false,
    };
    let plan = Plan { kind: Kind::Instruction, content, label: None, origins: vec![] };
    let json = r#"{"system":"s","data":["[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]"]}"#;
    assert_eq!(
        read(&plan, json).unwrap(),
        [(Role::Input, "s\nq".to_owned()), (Role::Output, "a".to_owned())]
    );
    assert_eq!(read(&plan, r#"{"system":"","data":[[]]}"#), Err(Reason::Empty));
    assert!(matches!(read(&plan, r#"{"data":["no json"]}"#), Err(Reason::WrongType { .. })));
}

#[test]
fn several_parents_stand_in_lists_or_columns() {
    let mut plan = Plan::text(Kind::Document, "text");
    for column in ["parents", "made_of"] {
        plan.origins.push((Role::Parent, Column::whole(column)));
    }
    plan.origins.push((Role::Source, Column::whole("source")));
    let json = r#"{"text":"t","parents":["a",2,null,["b"]],"made_of":"c","source":["x","y"]}"#;
    let read = read(&plan, json).unwrap();
    assert_eq!(read, [(Role::Input, "t".to_owned()), (Role::Parent, "a\n2\nb\nc".to_owned())]);
}

#[test]
fn chats_may_be_written_by_a_template() {
    let content =
        Content::Chat { before: vec![Column::whole("system")], turns: Column::whole("text"), written: true };
    let plan = Plan { kind: Kind::Instruction, content, label: None, origins: Vec::new() };
    let json = r#"{"system":"s","text":"<s>[INST] q [/INST] a </s>[INST] r [/INST] b</s>"}"#;
    let roles = [(Role::Input, "s\nq\nr".to_owned()), (Role::Output, "a\nb".to_owned())];
    assert_eq!(read(&plan, json).unwrap(), roles);
    assert_eq!(read(&plan, r#"{"text":"no dialog"}"#).unwrap(), [(Role::Input, "no dialog".to_owned())]);
}

use super::*;
use crate::parse::{Wanted, parse_object};

fn sample(rows: &[&str]) -> Vec<Fields<'static>> {
    rows.iter().map(|row| parse_object(row.as_bytes(), Wanted::All, 128).unwrap().to_static()).collect()
}

/// Kind and `role=column` for the same row four times.
fn shown(row: &str, map: &[(Meaning, &str)]) -> Result<String, String> {
    let map: Vec<(Meaning, String)> = map.iter().map(|(m, p)| (*m, (*p).to_owned())).collect();
    let plan = recognise(&sample(&[row; 4]), &[], &map)?;
    let columns: Vec<String> =
        plan.columns().into_iter().map(|c| format!("{}={}", c.role, c.column)).collect();
    Ok(format!("{}: {}", plan.kind.name(), columns.join(" ")))
}

#[test]
fn known_schemas() {
    let table = [
        (
            r#"{"instruction":"i","input":"","output":"o","text":"all"}"#,
            "instruction: input=instruction input=input output=output",
        ),
        (r#"{"question":"q","answer":"a","label":"x"}"#, "instruction: input=question output=answer"),
        (
            r#"{"system_prompt":"s","question":"q","response":"a","id":"7"}"#,
            "instruction: input=system_prompt input=question output=response key=id",
        ),
        (r#"{"prompt":"p","completion":"c"}"#, "instruction: input=prompt output=completion"),
        (
            r#"{"instruction":"i","context":"c","response":"r","category":"qa"}"#,
            "instruction: input=instruction input=context output=response",
        ),
        (r#"{"problem":"p","answer":42}"#, "instruction: input=problem output=answer"),
        (r#"{"input":"x","target":"y"}"#, "instruction: input=input output=target"),
        (
            r#"{"id":"1","conversations":[{"from":"human","value":"q"}]}"#,
            "instruction: messages=conversations key=id",
        ),
        (
            r#"{"messages":[{"role":"user","content":"q"}],"source":"s","model":"m"}"#,
            "instruction: messages=messages source=source generator=model",
        ),
        (r#"{"messages":"[{\"role\":\"user\",\"content\":\"q\"}]"}"#, "instruction: messages=messages"),
        (
            r#"{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a"}]}"#,
            "instruction: input=prompt output=completion",
        ),
        (
            r#"{"chosen":"a","rejected":"b","annotator":"w1"}"#,
            "preference: output=chosen rejected=rejected annotator=annotator",
        ),
        (
            r#"{"prompt":"p","chosen":[{"role":"user","content":"q"}],"rejected":[{"role":"user","content":"q"}],"messages":[{"role":"user","content":"q"}]}"#,
            "preference: input=prompt output=chosen rejected=rejected",
        ),
        (r#"{"text":"t","label":1}"#, "classification: input=text label=label"),
        (r#"{"sentence":"t","sentiment":"neg"}"#, "classification: input=sentence label=sentiment"),
        (r#"{"Review Text":"t","Class":0.0}"#, "classification: input=Review Text label=Class"),
        (
            r#"{"premise":"p","hypothesis":"h","label":true}"#,
            "classification: input=premise input=hypothesis label=label",
        ),
        (r#"{"question":"q","label":3}"#, "classification: input=question label=label"),
        (r#"{"text":"t","target":"0"}"#, "classification: input=text label=target"),
        (
            r#"{"text":"t","url":"u","timestamp":"now","meta":{"Author":"me"}}"#,
            "document: input=text url=url author=meta.Author created=timestamp",
        ),
        (r#"{"title":"t","text":"b","user":"me"}"#, "document: input=title input=text author=user"),
        (
            r#"{"text":"<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\na<|im_end|>","source":"s"}"#,
            "instruction: messages=text source=source",
        ),
        (r#"{"text":"[INST] q [/INST] a","label":1}"#, "classification: input=text label=label"),
        (r#"{"code":"x = 1","docstring":"d"}"#, "code: input=code"),
        (r#"{"content":"import x\ndef f():\n    return x\n","path":"a.py"}"#, "code: input=content"),
        (r#"{"text":"import x\ndef f():\n    return x\n"}"#, "code: input=text"),
        (
            r#"{"content":"This is prose.\nAnd so is this.\nIt goes on","language":"en"}"#,
            "document: input=content",
        ),
        (r#"{"0":"1","1":"a text that is long enough to be a text"}"#, "classification: input=1 label=0"),
    ];
    for (row, expected) in table {
        assert_eq!(shown(row, &[]).as_deref(), Ok(expected), "{row}");
    }
}

#[test]
fn what_a_record_was_made_from_is_told_from_texts() {
    let rows = [
        (
            r#"{"text":"t","id":1,"parent_id":null,"generator":null}"#,
            "generator=generator parent=parent_id key=id",
        ),
        (
            r#"{"text":"t","id":1,"parents":["a","b"],"prompt_id":7}"#,
            "parent=parents prompt-id=prompt_id key=id",
        ),
        (
            r#"{"text":"t","uuid":"x","parent":"a, b; c","seed_id":"s"}"#,
            "parent=parent prompt-id=seed_id key=uuid",
        ),
        (r#"{"text":"t","parent":"Who are you? I am not sure.","source_prompt":"Write a poem."}"#, ""),
        (r#"{"text":"t","source_id":"bbc"}"#, "source=source_id"),
    ];
    for (row, expected) in rows {
        let expected = format!("document: input=text {expected}");
        assert_eq!(shown(row, &[]).unwrap(), expected.trim_end(), "{row}");
    }
    let first = sample(&[r#"{"text":"t","id":1}"#; 3]);
    let late = sample(&[r#"{"text":"t","id":9,"parent":1,"generator":"g","label":2}"#; 3]);
    let columns = |map: &[(Meaning, String)]| -> Vec<String> {
        let plan = recognise(&first, &late, map).unwrap();
        plan.columns().into_iter().map(|c| format!("{}={}", c.role, c.column)).collect()
    };
    assert_eq!(columns(&[]), ["input=text", "key=id", "generator=generator", "parent=parent"]);
    let map = [(Meaning::Origin(Role::Prompt), "parent".to_owned())];
    assert_eq!(columns(&map)[1], "prompt-id=parent");
}

#[test]
fn many_values_are_no_label() {
    let rows: Vec<String> =
        (0..40).map(|i| format!(r#"{{"text":"t","target":"a longer answer {i}","score":0.{i}1}}"#)).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let plan = recognise(&sample(&rows), &[], &[]).unwrap();
    assert_eq!((plan.kind, plan.label), (Kind::Instruction, None));
    let intents: Vec<String> =
        (0..80).map(|i| format!(r#"{{"text":"t","intent":"intent {}"}}"#, i % 30)).collect();
    let intents: Vec<&str> = intents.iter().map(String::as_str).collect();
    assert_eq!(recognise(&sample(&intents), &[], &[]).unwrap().kind, Kind::Classification);
}

#[test]
fn the_user_decides() {
    let row = r#"{"text":"t","label":1,"a":{"b":"x","c":[{"d":"y"}]},"n":3,"src":"s"}"#;
    let with = |map: &[(Meaning, &str)]| shown(row, map);
    assert_eq!(with(&[(Meaning::Prompt, "a.b")]).unwrap(), "document: input=a.b");
    assert_eq!(
        with(&[(Meaning::Prompt, "a.b"), (Meaning::Answer, "a.c.0.d")]).unwrap(),
        "instruction: input=a.b output=a.c.0.d"
    );
    assert_eq!(with(&[(Meaning::Label, "n")]).unwrap(), "classification: input=text label=n");
    assert_eq!(
        with(&[(Meaning::Origin(Role::Source), "src")]).unwrap(),
        "classification: input=text label=label source=src"
    );
    assert_eq!(with(&[(Meaning::Answer, "n")]).unwrap(), "instruction: input=text output=n");
    assert_eq!(
        with(&[(Meaning::Chosen, "text"), (Meaning::Rejected, "src")]).unwrap(),
        "preference: output=text rejected=src"
    );
    assert_eq!(
        with(&[(Meaning::Prompt, "nope")]).unwrap_err(),
        "--map names the column `nope`, and there is none among: text, label, a, n, src"
    );
    assert!(shown(r#"{"zzz":"t"}"#, &[]).unwrap_err().starts_with("no column with a known name among: zzz;"));
}

#[test]
fn prose_is_not_code() {
    assert!(!looks_like_code("Dear all,\nwe meet at noon.\nBring your things.\n\nYours\nA friend"));
    assert!(looks_like_code("#include <stdio.h>\nint main(void) {\n  return 0;\n}\n"));
    assert!(!looks_like_code("One line of text."));
}

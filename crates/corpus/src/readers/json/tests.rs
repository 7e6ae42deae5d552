use super::super::testing::{Out, read, rows};
use super::*;
use proptest::prelude::*;

fn numbers(out: &Out) -> Vec<(u64, String)> {
    out.rows.iter().map(|(place, text)| (place.row, text.clone())).collect()
}

fn expect(document: &str, rows: &[&str]) {
    for chunk in [1, 7, 64, 1 << 20] {
        let out = read("json", document.as_bytes(), chunk);
        let expected: Vec<_> = rows.iter().enumerate().map(|(i, r)| (i as u64, (*r).to_owned())).collect();
        assert_eq!(numbers(&out), expected, "{document} in chunks of {chunk}");
        assert!(out.rejected.is_empty(), "{document} {:?}", out.rejected);
    }
}

#[test]
fn arrays_wrapped_arrays_and_bare_objects() {
    expect(r#" [ {"a":"]"} , {"a":"\"{"} ] "#, &[r#"{"a":"]"}"#, r#"{"a":"\"{"}"#]);
    expect("[]", &[]);
    expect("", &[]);
    let wrapped = r#"{"version":"1.0","n":[1,2],"data":[{"a":1},{"a":2}],"more":[{"a":3}]}"#;
    expect(wrapped, &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#]);
    expect("{\n \"a\": 1\n}\n{\n \"a\": [{\"b\":2}]\n}\n", &[r#"{"a":1}"#, r#"{"a":[{"b":2}]}"#]);
    let chat = r#"{"messages":[{"role":"user","content":"hi"}]}"#;
    expect(chat, &[chat]);
}

#[test]
fn a_broken_element_costs_itself_only() {
    let good = |i: usize| format!("  {{\n    \"a\": \"text {i}\",\n    \"b\": {i}\n  }}");
    for bad in [
        "  {\n    \"a\": \"open,\n    \"b\": 1\n  }",
        "  {\n    \"a\": [1,\n    \"b\": 1\n  }",
        "  {\n    \"a\": 1,\n    \"b\": tru\n  }",
        "  {\n    \"a\": 1",
    ] {
        let elements: Vec<String> =
            (0..20).map(|i| if i == 7 || i == 12 { bad.to_owned() } else { good(i) }).collect();
        let document = format!("[\n{}\n]\n", elements.join(",\n"));
        for chunk in [1, 30, 200, 1 << 20] {
            let out = read("json", document.as_bytes(), chunk);
            let rows: Vec<u64> = out.rows.iter().map(|(p, _)| p.row).collect();
            assert_eq!(rows, (0..20).filter(|i| *i != 7 && *i != 12).collect::<Vec<_>>(), "{bad} {chunk}");
            assert_eq!(
                out.rejected.iter().map(|r| r.row).collect::<Vec<_>>(),
                [Some(7), Some(12)],
                "{bad} {chunk}"
            );
            assert!(out.rows[10].1.contains("text 11"), "{}", out.rows[10].1);
        }
    }
}

#[test]
fn a_document_that_is_cut_keeps_what_came_before() {
    let out = read("json", br#"[{"a":1},{"a":2},{"a":"#, 1 << 20);
    assert_eq!((out.rows.len(), &out.rejected[0].reason), (2, &Reason::CutJson));
    let out = read("json", br#"[{"a":1},{"a":2}"#, 1 << 20);
    assert_eq!((out.rows.len(), &out.rejected[0].reason, out.rejected[0].row), (2, &Reason::CutJson, None));
    let out = read("json", br#"[{"a":1}] rubbish"#, 1 << 20);
    assert_eq!((out.rows.len(), out.rejected[0].reason.category()), (1, "invalid JSON"));
    let out = read("json", br#"[1, "x", {"a":1}]"#, 1 << 20);
    assert_eq!((out.rows.len(), out.rows[0].0.row, out.rejected.len()), (1, 2, 2));
}

#[test]
fn an_element_beyond_the_limit_is_passed_over() {
    let document =
        format!(r#"[{{"a":"{}"}},{{"a":1}},{{"a":"{}"}},{{"a":2}}]"#, "x".repeat(900), "y".repeat(90_000));
    for chunk in [1, 64, 5000, 1 << 20] {
        let out = rows("json", document.as_bytes(), chunk, 800);
        assert_eq!(numbers(&out), [(1, r#"{"a":1}"#.to_owned()), (3, r#"{"a":2}"#.to_owned())], "{chunk}");
        assert_eq!(out.rejected.iter().map(|r| r.row).collect::<Vec<_>>(), [Some(0), Some(2)], "{chunk}");
    }
}

proptest! {
    #[test]
    fn rows_do_not_depend_on_chunks(text in r#"\[?(\{"a":["\[\]{},:a1]{0,6}\},? ?){0,6}\]?"#, chunk in 1usize..40) {
        let key = |out: Out| (out.rows, out.rejected.into_iter().map(|r| (r.row, r.offset, r.reason)).collect::<Vec<_>>());
        prop_assert_eq!(key(read("json", text.as_bytes(), chunk)), key(read("json", text.as_bytes(), 1 << 20)));
    }
}

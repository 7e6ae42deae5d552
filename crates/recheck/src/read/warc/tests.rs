use std::io::Write;

use super::*;
use crate::page::Fingerprint;

fn record(kind: &str, url: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-09T12:00:00Z\r\n\
         Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn read(data: &[u8]) -> (Vec<Page>, Notes) {
    let (mut out, mut notes) = (Vec::new(), Notes::default());
    pages(&mut &data[..], &mut notes, &mut |_, page| {
        out.push(page);
        Ok(())
    })
    .unwrap();
    (out, notes)
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

fn text(page: &Page) -> &Fingerprint {
    let Content::Text(print) = &page.content else { panic!("{page:?}") };
    print
}

const BODY: &[u8] = b"a page of some words";

#[test]
fn responses_in_any_coding_give_the_same_page() {
    let chunks = [b"7;x=y\r\n", &BODY[..7], b"\r\nd\r\n", &BODY[7..], b"\r\n0\r\n\r\n"].concat();
    let zstd = zstd::encode_all(BODY, 1).unwrap();
    let response = |fields: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{fields}\r\n");
        record("response", "<http://a.example/>", &[head.as_bytes(), body].concat())
    };
    let mut data = response("", BODY);
    data.extend(response("Transfer-Encoding: chunked\r\n", &chunks));
    data.extend(response("Content-Encoding: gzip\r\n", &gzip(BODY)));
    data.extend(response("Content-Encoding: zstd\r\n", &zstd));
    data.extend(response("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", BODY));
    data.extend(record("resource", "http://a.example/", BODY));
    data.extend(record("request", "http://a.example/", b"GET / HTTP/1.1\r\n\r\n"));
    let (pages, notes) = read(&data);
    assert!(notes.is_empty() && pages.len() == 6, "{notes:?}");
    for page in &pages {
        assert_eq!((text(page), page.seen, page.cut), (text(&pages[5]), Some(1_709_985_600), false));
    }
}

#[test]
fn what_is_no_page_any_more_is_told() {
    let response = |status: &str| {
        record("response", "http://a.example/", format!("HTTP/1.1 {status}\r\n\r\n").as_bytes())
    };
    let data = [response("404 Not Found"), response("301 Moved"), response("503 Busy")].concat();
    let (pages, _) = read(&data);
    assert!(matches!(pages[0].content, Content::Gone(_)) && matches!(pages[1].content, Content::Gone(_)));
    assert!(matches!(pages[2].content, Content::Unreachable(_)));
}

#[test]
fn a_bomb_is_cut_and_a_broken_record_loses_no_other() {
    let bomb =
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".as_slice(), &gzip(&vec![b'a'; 40 << 20])]
            .concat();
    let mut data =
        b"rubbish\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: -5\r\n\r\nmore rubbish\r\n".to_vec();
    data.extend(record("response", "http://a.example/bomb", &bomb));
    data.extend(record("response", "http://a.example/none", b"not http at all"));
    data.extend(record("resource", "http://a.example/fine", BODY));
    let cut = record("resource", "http://a.example/cut", BODY);
    data.extend(&cut[..cut.len() - 14]);
    let (pages, notes) = read(&data);
    let seen: Vec<(&str, bool)> = pages.iter().map(|p| (&p.url[17..], p.cut)).collect();
    assert_eq!(seen, [("bomb", true), ("fine", false), ("cut", true)], "{notes:?}");
    assert_eq!(notes.refused(), 3, "{notes:?}");
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_taken(
        cut in 0usize..400,
        noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60),
    ) {
        let mut data = record("response", "http://a.example/", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        let at = cut.min(data.len());
        data.splice(at..at, noise);
        read(&data);
    }
}

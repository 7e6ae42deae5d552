//! Croissant 1.1 (<http://mlcommons.org/croissant/1.1>), JSON-LD.

use serde_json::{Map, Value, json};

use super::columns::{Column, Table, tables};
use super::{Dataset, iri, media};
use crate::manifest::{Entry, Manifest};

pub(super) fn write(dataset: &Dataset<'_>) -> Value {
    let (manifest, details) = (dataset.manifest, dataset.details);
    let tables = tables(dataset);
    let mut document = Map::from_iter([
        ("@context".to_owned(), context()),
        ("@type".to_owned(), "sc:Dataset".into()),
        ("conformsTo".to_owned(), "http://mlcommons.org/croissant/1.1".into()),
        ("name".to_owned(), manifest.name.clone().into()),
        ("description".to_owned(), dataset.description().into()),
        // Data may change in any way between two seals, so the number of the seal is the major version.
        ("version".to_owned(), format!("{}.0.0", manifest.sequence).into()),
        ("datePublished".to_owned(), manifest.created.clone().into()),
        ("distribution".to_owned(), distribution(manifest, &tables)),
        (
            "recordSet".to_owned(),
            tables.iter().enumerate().map(|(at, table)| record_set(at, table)).collect(),
        ),
        ("subjectOf".to_owned(), vouchers(dataset)),
        (
            "prov:wasGeneratedBy".to_owned(),
            json!({
                "@type": "prov:Activity",
                "prov:label": format!("sealed by {}", manifest.tool),
                "prov:endedAtTime": manifest.created,
            }),
        ),
        ("identifier".to_owned(), format!("urn:toadstone:{}:{}", manifest.series, dataset.state).into()),
    ]);
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            document.insert(name.to_owned(), value);
        }
    };
    add("license", details.license.as_deref().map(license));
    add("url", details.url.clone().map(Value::from));
    add("creator", details.creator.as_ref().map(|name| json!({ "@type": "sc:Organization", "name": name })));
    let sources = manifest.sources.iter().filter_map(|source| source.source.as_ref());
    let sources: Vec<Value> =
        sources.map(|name| json!({ "@type": "prov:Entity", "prov:label": name })).collect();
    add("prov:wasDerivedFrom", Some(sources).filter(|list| !list.is_empty()).map(Value::from));
    Value::Object(document)
}

/// A single license has an address in the list of SPDX; an expression has none.
fn license(expression: &str) -> Value {
    let id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+');
    match expression.chars().all(id) && !expression.is_empty() {
        true => format!("https://spdx.org/licenses/{expression}").into(),
        false => expression.into(),
    }
}

/// The files, each with its digest, and a set for each group that is read alike.
fn distribution(manifest: &Manifest, tables: &[Table<'_>]) -> Value {
    let files = manifest.files.iter().map(file_object);
    let sets = tables.iter().enumerate().filter(|(_, table)| table.files.len() > 1);
    let set = |(at, table): (usize, &Table<'_>)| {
        json!({
            "@type": "cr:FileSet",
            "@id": set_id(at),
            "name": set_id(at),
            "encodingFormat": table.media,
            "includes": table.files.iter().map(|file| glob(&file.name)).collect::<Vec<_>>(),
        })
    };
    files.chain(sets.map(set)).collect()
}

fn file_object(file: &Entry) -> Value {
    let records = file.records.as_ref().and_then(|records| media::of_records(&records.format));
    json!({
        "@type": "cr:FileObject",
        "@id": iri(&file.name),
        "name": file.name,
        "contentUrl": iri(&file.name),
        "contentSize": format!("{} B", file.bytes),
        "encodingFormat": records.unwrap_or_else(|| media::of_file(&file.name)),
        "sha256": file.sha256.to_string(),
    })
}

fn set_id(at: usize) -> String {
    format!("files-{}", at + 1)
}

/// A pattern that matches this name only.
fn glob(name: &str) -> String {
    let escaped = |c: char| if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() };
    name.chars().map(escaped).collect()
}

fn record_set(at: usize, table: &Table<'_>) -> Value {
    let id = format!("records-{}", at + 1);
    let source = match table.files.as_slice() {
        [only] => ("fileObject", iri(&only.name)),
        _ => ("fileSet", set_id(at)),
    };
    let fields = table.columns.iter().enumerate();
    let fields: Vec<Value> =
        fields.filter_map(|(at, column)| field(&id, at, column, table.media, &source)).collect();
    let records: u64 =
        table.files.iter().filter_map(|file| file.records.as_ref()).map(|records| records.count).sum();
    json!({
        "@type": "cr:RecordSet",
        "@id": id,
        "name": id,
        "description": format!("{records} records"),
        "field": fields,
    })
}

/// A column as a field; `None` for a dialog, and for a path that JSONPath cannot say for certain.
fn field(set: &str, at: usize, column: &Column, media: &str, source: &(&str, String)) -> Option<Value> {
    // A dialog is a list of turns and no text.
    if column.role == "messages" {
        return None;
    }
    let extract = match media.contains("json") {
        true => json_path(&column.name)?,
        false => json!({ "column": column.name }),
    };
    let data_type = match column.role.as_str() {
        "label" => json!(["sc:Text", "cr:Label"]),
        _ => json!("sc:Text"),
    };
    let mut field = json!({
        "@type": "cr:Field",
        "@id": format!("{set}/{}-{}", column.role, at + 1),
        "name": format!("{}-{}", column.role, at + 1),
        "description": format!("{}: {}", column.role, column.name),
        "dataType": data_type,
        "source": { source.0: { "@id": source.1 }, "extract": extract },
    });
    if let Some(property) = provenance(&column.role) {
        field["equivalentProperty"] = property.into();
    }
    Some(field)
}

/// The relation of PROV-O in which a record stands to what is in the column.
fn provenance(role: &str) -> Option<&'static str> {
    match role {
        "source" | "url" | "parent" => Some("prov:wasDerivedFrom"),
        "author" | "annotator" | "generator" => Some("prov:wasAttributedTo"),
        _ => None,
    }
}

/// A column of its own is named; a path into a record is written in JSONPath.
fn json_path(name: &str) -> Option<Value> {
    let plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    match name.split('.').all(plain) {
        true if name.contains('.') => Some(json!({ "jsonPath": format!("$.{name}") })),
        true => Some(json!({ "column": name })),
        false => None,
    }
}

fn vouchers(dataset: &Dataset<'_>) -> Value {
    let verdict = dataset.verdict();
    let voucher = |(at, voucher): (usize, super::Voucher)| {
        let mut work = json!({
            "@type": "sc:DigitalDocument",
            "name": voucher.title,
            "url": iri(&voucher.path),
            "sha256": voucher.sha256.to_string(),
        });
        // The first is the signature.
        if let (true, Some(verdict)) = (at > 0, &verdict) {
            work["description"] = verdict.clone().into();
        }
        work
    };
    dataset.vouchers().into_iter().enumerate().map(voucher).collect()
}

/// The context that the specification recommends, with the namespace of PROV-O.
fn context() -> Value {
    let mut context = json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "prov": "http://www.w3.org/ns/prov#",
        "conformsTo": "dct:conformsTo",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "examples": { "@id": "cr:examples", "@type": "@json" },
    });
    const TERMS: [&str; 28] = [
        "annotation",
        "arrayShape",
        "citeAs",
        "column",
        "containedIn",
        "equivalentProperty",
        "excludes",
        "extract",
        "field",
        "fileObject",
        "fileProperty",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "readLines",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "sdVersion",
    ];
    const MORE: [&str; 7] =
        ["samplingRate", "separator", "source", "subField", "transform", "unArchive", "value"];
    for term in TERMS.into_iter().chain(MORE) {
        context[term] = format!("cr:{term}").into();
    }
    context
}

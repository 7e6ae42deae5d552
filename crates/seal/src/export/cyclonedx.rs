//! CycloneDX 1.6 (ECMA-424): a bill of materials with a component of the type `data`.

use serde_json::{Value, json};

use super::columns::tables;
use super::{Dataset, Voucher, iri, media, uuid};
use crate::manifest::{Entry, Scope};

const DATASET: &str = "dataset";

pub(super) fn write(dataset: &Dataset<'_>) -> Value {
    let manifest = dataset.manifest;
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": manifest.created,
            "tools": { "components": [
                { "type": "application", "name": "toadstone", "version": env!("CARGO_PKG_VERSION") }
            ] },
            "component": component(dataset),
        },
        "compositions": [composition(dataset)],
    });
    document["serialNumber"] = format!("urn:uuid:{}", uuid(&document)).into();
    document
}

fn component(dataset: &Dataset<'_>) -> Value {
    let (manifest, details) = (dataset.manifest, dataset.details);
    let mut component = json!({
        "type": "data",
        "bom-ref": DATASET,
        "name": manifest.name,
        "version": manifest.sequence.to_string(),
        "description": dataset.description(),
        "data": [data(dataset)],
        "components": manifest.files.iter().map(file).collect::<Value>(),
        "externalReferences": dataset.vouchers().iter().enumerate().map(reference).collect::<Value>(),
        "properties": properties(dataset),
    });
    if let Some(license) = &details.license {
        component["licenses"] = json!([{ "expression": license }]);
    }
    if let Some(creator) = &details.creator {
        component["manufacturer"] = json!({ "name": creator });
    }
    if let (Some(url), Some(list)) = (&details.url, component["externalReferences"].as_array_mut()) {
        list.push(json!({ "type": "distribution", "url": iri_reference(url) }));
    }
    component
}

fn data(dataset: &Dataset<'_>) -> Value {
    let manifest = dataset.manifest;
    let tables = tables(dataset);
    let column = |(role, name): (&String, &String)| property(&format!("toadstone:column:{role}"), name);
    let columns = tables.iter().flat_map(|table| &table.columns).map(|column| (&column.role, &column.name));
    let mut columns: Vec<_> = columns.collect();
    columns.sort();
    columns.dedup();
    let source = |source: &crate::manifest::SourceCount| {
        let name = source.source.as_deref().unwrap_or("(others)");
        property(&format!("toadstone:source:{}", source.records), name)
    };
    let properties = columns.into_iter().map(column).chain(manifest.sources.iter().map(source));
    json!({
        "type": "dataset",
        "name": manifest.name,
        "description": dataset.description(),
        "contents": { "properties": properties.collect::<Vec<_>>() },
    })
}

fn file(file: &Entry) -> Value {
    let mut properties = vec![property("toadstone:bytes", &file.bytes.to_string())];
    if let Some(records) = &file.records {
        properties.push(property("toadstone:records", &records.count.to_string()));
        properties.push(property("toadstone:records:root", &records.ordered.to_string()));
    }
    json!({
        "type": "file",
        "bom-ref": format!("file:{}", iri(&file.name)),
        "name": file.name,
        "mime-type": media::of_file(&file.name),
        "hashes": [{ "alg": "SHA-256", "content": file.sha256.to_string() }],
        "properties": properties,
    })
}

fn reference((at, voucher): (usize, &Voucher)) -> Value {
    json!({
        "type": if at == 0 { "digital-signature" } else { "attestation" },
        "url": iri(&voucher.path),
        "comment": voucher.title,
        "hashes": [{ "alg": "SHA-256", "content": voucher.sha256.to_string() }],
    })
}

fn properties(dataset: &Dataset<'_>) -> Value {
    let manifest = dataset.manifest;
    let mut list = vec![
        property("toadstone:seal:root", &manifest.root.to_string()),
        property("toadstone:seal:json", &dataset.state.to_string()),
        property("toadstone:seal:series", &manifest.series),
        property("toadstone:seal:sequence", &manifest.sequence.to_string()),
        property("toadstone:bytes", &manifest.bytes().to_string()),
        property("toadstone:records", &manifest.records().to_string()),
    ];
    if let Some(claim) = dataset.scan.as_ref().map(|link| &link.claim) {
        list.push(property("toadstone:scan:verdict", claim.verdict.name()));
        list.push(property("toadstone:scan:policy", &claim.policy.to_string()));
        list.extend(claim.detectors.ran.iter().map(|ran| property("toadstone:scan:ran", &ran.name)));
        let not_run =
            |d: &crate::attest::NotRun| property("toadstone:scan:not-run", &format!("{}: {}", d.name, d.why));
        list.extend(claim.detectors.not_run.iter().map(not_run));
    }
    list.extend(dataset.verdict().map(|verdict| property("toadstone:scan", &verdict)));
    list.into()
}

/// A seal of a folder or file lists all that is in it.
fn composition(dataset: &Dataset<'_>) -> Value {
    let aggregate = match dataset.manifest.scope {
        Scope::Folder | Scope::File => "complete",
        Scope::Files => "incomplete",
    };
    json!({ "aggregate": aggregate, "assemblies": [DATASET] })
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

/// An address as somebody typed it, without what no address may hold.
fn iri_reference(url: &str) -> String {
    url.chars()
        .filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        })
        .collect()
}

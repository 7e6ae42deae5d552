//! SPDX 3.0.1 (ISO/IEC 5962 successor) in JSON-LD: a dataset package and its files.

use serde_json::{Value, json};

use super::{Dataset, iri, uuid};
use crate::manifest::Entry;

const CREATION: &str = "_:creation";
const NO_LICENSE: &str = "expandedlicensing_NoAssertionLicense";
/// Sources that are named; the seal lists more.
const SOURCES: usize = 20;

pub(super) fn write(dataset: &Dataset<'_>) -> Value {
    let manifest = dataset.manifest;
    let space = format!("urn:uuid:{}#", uuid(&json!([manifest.series, dataset.state, dataset.verdict()])));
    let id = |name: &str| format!("{space}{name}");
    let mut elements = vec![agent(&id("toadstone"), &manifest.tool), package(dataset, &id)];
    elements.extend(manifest.files.iter().map(|entry| file(&id, entry)));
    let files: Vec<String> = manifest.files.iter().map(|entry| file_id(&id, entry)).collect();
    elements.push(relationship(&id, "contains", &files));
    let license = match &dataset.details.license {
        None => NO_LICENSE.to_owned(),
        Some(expression) => {
            elements.push(json!({
                "type": "simplelicensing_LicenseExpression",
                "spdxId": id("license"),
                "creationInfo": CREATION,
                "simplelicensing_licenseExpression": expression,
            }));
            id("license")
        }
    };
    elements.push(relationship(&id, "hasDeclaredLicense", std::slice::from_ref(&license)));
    // Nobody has looked into what is in the data.
    elements.push(relationship(&id, "hasConcludedLicense", &[NO_LICENSE.to_owned()]));
    if let Some(name) = &dataset.details.creator {
        elements.push(json!({
            "type": "Organization", "spdxId": id("creator"), "creationInfo": CREATION, "name": name,
        }));
    }
    elements.extend(annotations(dataset, &id));
    let ids: Vec<Value> = elements.iter().map(|element| element["spdxId"].clone()).collect();
    let mut graph = vec![
        json!({
            "type": "CreationInfo",
            "@id": CREATION,
            "specVersion": "3.0.1",
            "created": manifest.created,
            "createdBy": [id("toadstone")],
        }),
        json!({
            "type": "SpdxDocument",
            "spdxId": id("document"),
            "creationInfo": CREATION,
            "name": manifest.name,
            "profileConformance": ["core", "software", "dataset", "simpleLicensing"],
            "rootElement": [id("dataset")],
            "element": ids,
        }),
    ];
    graph.append(&mut elements);
    json!({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph })
}

fn agent(id: &str, name: &str) -> Value {
    json!({ "type": "SoftwareAgent", "spdxId": id, "creationInfo": CREATION, "name": name })
}

fn package(dataset: &Dataset<'_>, id: &dyn Fn(&str) -> String) -> Value {
    let (manifest, details) = (dataset.manifest, dataset.details);
    let kind = if manifest.records() > 0 { "structured" } else { "noAssertion" };
    let mut package = json!({
        "type": "dataset_DatasetPackage",
        "spdxId": id("dataset"),
        "creationInfo": CREATION,
        "name": manifest.name,
        "description": dataset.description(),
        "comment": format!(
            "seal {} of series {}, root {}, seal.json {}",
            manifest.sequence, manifest.series, manifest.root, dataset.state
        ),
        "software_packageVersion": manifest.sequence.to_string(),
        "software_primaryPurpose": "data",
        "dataset_datasetType": [kind],
        "dataset_datasetSize": manifest.bytes(),
        "dataset_hasSensitivePersonalInformation": "noAssertion",
        "builtTime": manifest.created,
    });
    let sources =
        manifest.sources.iter().filter_map(|source| Some((source.source.as_deref()?, source.records)));
    let sources: Vec<String> =
        sources.take(SOURCES).map(|(name, records)| format!("{name} ({records})")).collect();
    if !sources.is_empty() {
        let process =
            format!("Records name their sources; the largest, with records: {}", sources.join(", "));
        package["dataset_dataCollectionProcess"] = process.into();
    }
    if let Some(url) = &details.url {
        package["software_downloadLocation"] = url.clone().into();
    }
    if details.creator.is_some() {
        package["originatedBy"] = json!([id("creator")]);
    }
    package
}

fn file_id(id: &dyn Fn(&str) -> String, file: &Entry) -> String {
    id(&format!("file/{}", iri(&file.name)))
}

fn file(id: &dyn Fn(&str) -> String, file: &Entry) -> Value {
    json!({
        "type": "software_File",
        "spdxId": file_id(id, file),
        "creationInfo": CREATION,
        "name": file.name,
        "software_primaryPurpose": "data",
        "contentType": super::media::of_file(&file.name),
        "verifiedUsing": [{ "type": "Hash", "algorithm": "sha256", "hashValue": file.sha256.to_string() }],
    })
}

fn relationship(id: &dyn Fn(&str) -> String, kind: &str, to: &[String]) -> Value {
    json!({
        "type": "Relationship",
        "spdxId": id(kind),
        "creationInfo": CREATION,
        "relationshipType": kind,
        "from": id("dataset"),
        "to": to,
    })
}

/// What vouches for the data, and what the newest scan found.
fn annotations(dataset: &Dataset<'_>, id: &dyn Fn(&str) -> String) -> Vec<Value> {
    let vouchers = dataset.vouchers().into_iter();
    let statements =
        vouchers.map(|voucher| format!("{}: {}, SHA-256 {}", voucher.title, voucher.path, voucher.sha256));
    let annotation = |(at, statement): (usize, String)| {
        json!({
            "type": "Annotation",
            "spdxId": id(&format!("annotation-{}", at + 1)),
            "creationInfo": CREATION,
            "annotationType": "review",
            "subject": id("dataset"),
            "statement": statement,
        })
    };
    statements.chain(dataset.verdict()).enumerate().map(annotation).collect()
}

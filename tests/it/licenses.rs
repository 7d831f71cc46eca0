//! Every dependency of the platform that is built may be used under a license of the product's list.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Licenses that may be in the build.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Licenses that may only cover fonts, and the packages that carry fonts.
const FONT_ALLOWED: &[&str] = &["OFL-1.1", "Ubuntu-font-1.0"];
const FONT_PACKAGES: &[&str] = &["epaint_default_fonts"];

fn is_allowed(package: &str, requirement: &spdx::LicenseReq) -> bool {
    let id = requirement.license.id();
    let name = id.map_or("", |id| id.name);
    let exception = requirement.addition.as_ref().map(ToString::to_string);
    let listed = ALLOWED.contains(&name) || FONT_PACKAGES.contains(&package) && FONT_ALLOWED.contains(&name);
    listed && (exception.is_none() || name == "Apache-2.0" && exception.as_deref() == Some("LLVM-exception"))
}

/// True when the expression can be met: of alternatives one, of a sum all.
fn is_met(package: &str, license: &str) -> bool {
    let expression = spdx::Expression::parse_mode(license, spdx::ParseMode::LAX);
    expression.is_ok_and(|expression| expression.evaluate(|requirement| is_allowed(package, requirement)))
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("rustc prints text");
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn every_dependency_has_a_license_of_the_list() {
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().expect("a resolved graph");
    let built: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    let packages = metadata["packages"].as_array().expect("packages");
    let mut seen = 0;
    let mut bad = Vec::new();
    for package in packages.iter().filter(|package| built.contains(package["id"].as_str().unwrap_or("?"))) {
        let name = package["name"].as_str().expect("a name");
        let license = package["license"].as_str().unwrap_or("(none)").replace('/', " OR ");
        seen += 1;
        if !is_met(name, &license) {
            bad.push(format!("{name} {}: {license}", package["version"]));
        }
    }
    assert!(seen > 100, "only {seen} packages were seen");
    assert!(bad.is_empty(), "not on the list:\n{}", bad.join("\n"));
}

#[test]
fn alternatives_need_one_and_sums_need_all() {
    assert!(is_met("any", "MIT OR GPL-3.0-only"));
    assert!(!is_met("any", "MIT AND GPL-3.0-only"));
    assert!(is_met("any", "Apache-2.0 WITH LLVM-exception"));
    assert!(!is_met("any", "OFL-1.1"));
    assert!(is_met("epaint_default_fonts", "(MIT OR Apache-2.0) AND OFL-1.1 AND Ubuntu-font-1.0"));
    assert!(!is_met("any", "(none)"));
}

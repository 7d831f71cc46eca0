//! Real tools: `curl`, Python `requests`, Node `fetch`.

use super::Job;
use super::setup::Setup;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Curl,
    Requests,
    Node,
}

impl Tool {
    pub const ALL: [Tool; 3] = [Tool::Curl, Tool::Requests, Tool::Node];
}

/// Sends all, one after the other.
#[track_caller]
pub fn send(setup: &Setup, tool: Tool, jobs: &[Job]) {
    let folder = setup.folder.path();
    for (number, job) in jobs.iter().enumerate() {
        std::fs::write(folder.join(format!("body-{number}")), &job.body).expect("written");
    }
    let list: Vec<_> = jobs
        .iter()
        .map(|job| json!({"path": job.path, "type": job.content_type, "encoding": job.encoding}))
        .collect();
    let list = json!({"base": setup.base, "proxy": setup.proxy(), "jobs": list});
    std::fs::write(folder.join("jobs.json"), list.to_string()).expect("written");
    match tool {
        Tool::Curl => curl(setup, jobs),
        Tool::Requests => script(setup, "python3", "jobs.py", REQUESTS),
        Tool::Node => script(setup, "node", "jobs.mjs", NODE),
    }
}

/// Runs a command to its end; a tool that is absent is named.
#[track_caller]
fn run(mut command: Command) -> Vec<u8> {
    let tool = command.get_program().to_string_lossy().into_owned();
    command
        .env_remove("http_proxy")
        .env_remove("https_proxy")
        .env_remove("HTTPS_PROXY")
        .env_remove("ALL_PROXY");
    let output = command.stdin(Stdio::null()).output();
    let output =
        output.unwrap_or_else(|why| panic!("`{tool}` is needed for the full form of the tests: {why}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{tool}` failed (is it complete?): {said}");
    output.stdout
}

#[track_caller]
fn curl(setup: &Setup, jobs: &[Job]) {
    let mut sid = String::new();
    for (number, job) in jobs.iter().enumerate() {
        let mut command = Command::new("curl");
        command.current_dir(setup.folder.path()).args([
            "--silent",
            "--show-error",
            "--include",
            "--max-time",
            "20",
        ]);
        command.arg("--cacert").arg(&setup.authority);
        if let Some(proxy) = setup.proxy() {
            command.args(["--proxy", &proxy]);
        }
        command.args(["--header", &format!("Content-Type: {}", job.content_type)]);
        if let Some(encoding) = job.encoding {
            command.args(["--header", &format!("Content-Encoding: {encoding}")]);
        }
        command.args(["--data-binary", &format!("@body-{number}")]);
        command.arg(format!("{}{}", setup.base, job.path.replace("{sid}", &sid)));
        let answer = String::from_utf8_lossy(&run(command)).into_owned();
        let location = answer.lines().find(|line| line.to_lowercase().starts_with("location: "));
        if let Some(id) = location.and_then(|line| line.rsplit('/').next()) {
            sid = id.to_owned();
        }
    }
}

#[track_caller]
fn script(setup: &Setup, program: &str, name: &str, text: &str) {
    let folder: &Path = setup.folder.path();
    std::fs::write(folder.join(name), text).expect("written");
    let mut command = Command::new(program);
    command.current_dir(folder).arg(name).env("NODE_EXTRA_CA_CERTS", &setup.authority);
    run(command);
}

/// Reads the jobs and sends them with `requests`.
const REQUESTS: &str = r#"
import json, requests
all = json.load(open("jobs.json"))
session = requests.Session()
session.trust_env = False
session.verify = "authority.pem"
if all["proxy"]:
    session.proxies = {"http": all["proxy"], "https": all["proxy"]}
sid = ""
for number, job in enumerate(all["jobs"]):
    headers = {"Content-Type": job["type"]}
    if job["encoding"]:
        headers["Content-Encoding"] = job["encoding"]
    body = open(f"body-{number}", "rb").read()
    answer = session.post(all["base"] + job["path"].replace("{sid}", sid), data=body, headers=headers, timeout=20)
    if answer.status_code == 201:
        sid = answer.headers["Location"].split("/")[-1]
"#;

/// The same with `fetch`. A proxy is used by tunnels, as `fetch` has no option for it.
const NODE: &str = r#"
import { readFileSync } from "node:fs";
import http from "node:http";
import tls from "node:tls";
const all = JSON.parse(readFileSync("jobs.json"));
let dispatcher;
if (all.proxy) {
  await fetch("data:,");
  const Agent = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor;
  const proxy = new URL(all.proxy);
  dispatcher = new Agent({
    connect(to, done) {
      const port = to.port || (to.protocol === "https:" ? 443 : 80);
      http.request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: `${to.hostname}:${port}` })
        .on("connect", (answer, socket) => {
          if (answer.statusCode !== 200) return done(new Error(`the proxy says ${answer.statusCode}`));
          if (to.protocol !== "https:") return done(null, socket);
          const secure = tls.connect({ socket, host: to.hostname, ALPNProtocols: ["http/1.1"] });
          secure.on("secureConnect", () => done(null, secure)).on("error", done);
        })
        .on("error", done)
        .end();
    },
  });
}
let sid = "";
for (const [number, job] of all.jobs.entries()) {
  const headers = { "Content-Type": job.type };
  if (job.encoding) headers["Content-Encoding"] = job.encoding;
  const body = readFileSync(`body-${number}`);
  const answer = await fetch(all.base + job.path.replace("{sid}", sid), { method: "POST", headers, body, dispatcher });
  await answer.arrayBuffer();
  if (answer.status === 201) sid = answer.headers.get("location").split("/").pop();
}
process.exit(0);
"#;

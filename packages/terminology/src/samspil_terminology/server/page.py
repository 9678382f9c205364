"""The page at `/`: search a code system, look up a code. It asks the same server, and nothing else."""

__all__ = ["PAGE"]

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Samspil terminology</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
form { display: flex; gap: .5rem; flex-wrap: wrap; align-items: end; margin: 1rem 0; }
label { display: flex; flex-direction: column; font-size: .85rem; }
input, select, button { font: inherit; padding: .35rem .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8885; vertical-align: top; }
[role=status] { min-height: 1.5rem; }
</style>
<h1>Samspil terminology</h1>
<form id="ask">
  <label>Code system <select id="system" required></select></label>
  <label>Text or code <input id="text" autofocus autocomplete="off"></label>
  <button>Search</button>
</form>
<p role="status" id="status"></p>
<table id="found" hidden><thead><tr><th>Code<th>Display</tr></thead><tbody></tbody></table>
<section id="one" hidden><h2></h2><table><tbody></tbody></table></section>
<script>
const at = id => document.getElementById(id);
const ask = async (path, body) => {
  const answer = await fetch(path, body && {method: "POST", headers: {"Content-Type": "application/fhir+json"}, body: JSON.stringify(body)});
  const resource = await answer.json();
  if (!answer.ok) throw new Error(resource.issue?.[0]?.details?.text || answer.statusText);
  return resource;
};
const row = (table, cells, click) => {
  const line = table.insertRow();
  for (const cell of cells) line.insertCell().textContent = cell ?? "";
  if (click) { line.style.cursor = "pointer"; line.tabIndex = 0; line.onclick = click; line.onkeydown = e => e.key === "Enter" && click(); }
};
const show = async (system, code) => {
  const query = new URLSearchParams({system, code, property: "*"});
  const resource = await ask("r5/CodeSystem/$lookup?" + query);
  const body = at("one").querySelector("tbody"); body.replaceChildren();
  for (const each of resource.parameter) {
    const value = p => Object.entries(p).find(([k]) => k.startsWith("value"))?.[1];
    const plain = v => v && typeof v === "object" ? v.display || v.code : v;
    if (each.part) row(body, [each.name, each.part.map(p => plain(value(p))).join(" · ")]); else row(body, [each.name, plain(value(each))]);
  }
  at("one").querySelector("h2").textContent = code; at("one").hidden = false;
};
at("ask").onsubmit = async event => {
  event.preventDefault();
  const system = at("system").value, filter = at("text").value.trim();
  at("one").hidden = true; at("status").textContent = "…";
  try {
    const parameter = [{name: "valueSet", resource: {resourceType: "ValueSet", status: "active", compose: {include: [{system}]}}}, {name: "count", valueInteger: 20}];
    if (filter) parameter.push({name: "filter", valueString: filter});
    const {expansion} = await ask("r5/ValueSet/$expand", {resourceType: "Parameters", parameter});
    const body = at("found").querySelector("tbody"); body.replaceChildren();
    for (const each of expansion.contains || []) row(body, [each.code, each.display], () => show(each.system, each.code));
    at("found").hidden = !(expansion.contains || []).length;
    at("status").textContent = `${expansion.total ?? "?"} found`;
    if (filter && !(expansion.contains || []).length) await show(system, filter);
  } catch (error) { at("found").hidden = true; at("status").textContent = error.message; }
};
ask("r5/metadata?mode=terminology").then(resource => {
  for (const each of resource.codeSystem || []) at("system").add(new Option(each.uri, each.uri));
  const asked = new URLSearchParams(location.search);
  if (!asked.has("system")) return;
  at("system").value = asked.get("system"); at("text").value = asked.get("text") || "";
  if (asked.has("code")) show(asked.get("system"), asked.get("code")); else at("ask").requestSubmit();
});
</script>
</html>
"""

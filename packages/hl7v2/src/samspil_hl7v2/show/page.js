"use strict";
let known;
const told = document.getElementById("told");

/** What is marked, in order, what ends or begins each trace, and the traces: made when first asked for, as it takes its time. */
function index() {
  if (known) return known;
  const marked = [...document.querySelectorAll("[data-at], .element")];
  const byTrace = new Map();
  for (const node of marked)
    for (const trace of tracesOf(node)) {
      if (!byTrace.has(trace)) byTrace.set(trace, []);
      byTrace.get(trace).push(node);
    }
  known = { marked, byTrace, ...JSON.parse(document.getElementById("traces").textContent) };
  return known;
}

function tracesOf(node) {
  return node.dataset.t ? node.dataset.t.split(" ").map(Number) : [];
}

function light(node) {
  const { byTrace, traces, positions, elements, rows } = index();
  for (const old of document.querySelectorAll(".lit")) old.classList.remove("lit");
  const list = tracesOf(node);
  for (const trace of list) for (const each of byTrace.get(trace)) each.classList.add("lit");
  const lines = list.map((at) => {
    const [position, element, row] = traces[at];
    return `${positions[position]} → ${elements[element]}, by ${rows[row]}`;
  });
  if (node.dataset.why) lines.push(`${node.dataset.at} is reported: ${node.dataset.why}`);
  told.textContent = lines.join("\n") || `${node.dataset.at}: chose a row, made no element of its own`;
}

function otherSide(node) {
  const here = node.closest("section");
  return tracesOf(node).flatMap((trace) => index().byTrace.get(trace)).find((each) => each.closest("section") !== here);
}

function reveal(node) {
  otherSide(node)?.scrollIntoView({ block: "center" });
}

function go(node) {
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "nearest" });
}

const target = (event) => event.target.closest("[data-at], .element");
document.addEventListener("mouseover", (event) => target(event) && light(target(event)));
document.addEventListener("focusin", (event) => target(event) && light(target(event)));
document.addEventListener("click", (event) => target(event) && (target(event).focus(), reveal(target(event))));
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step && event.key !== "Enter") return;
  const { marked } = index();
  const at = marked.indexOf(document.activeElement);
  if (step && at >= 0 && marked[at + step]) {
    event.preventDefault();
    go(marked[at + step]);
  } else if (event.key === "Enter" && at >= 0) {
    const other = otherSide(marked[at]);
    if (other) go(other);
  }
});
for (const section of document.querySelectorAll("section")) {
  const first = section.querySelector("[data-at], .element");
  if (first) first.tabIndex = 0;
}

const asked = document.querySelector(`[data-at="${CSS.escape(decodeURIComponent(location.hash.slice(1)))}"]`);
if (asked) {
  go(asked);
  light(asked);
  reveal(asked);
}

// Which properties an element has, how each is read from the model, and how it is changed.
import { is } from "bpmn-js/lib/util/ModelUtil";

const ID = /^[A-Za-z](?!.*__)[A-Za-z0-9_]*$/;
const TIMES = ["timeDate", "timeDuration", "timeCycle"];
const PEOPLE = [
  ["form", "select", "forms"],
  ["assignee", "feel"],
  ["due", "feel", null, "example_due"],
  ["escalation", "select", "escalations"],
  ["candidates", "feel"],
  ["separateFrom", "text"],
  ["document", "text"],
  ["approved", "feel"],
  ["remind", "feel"],
  ["calendar", "text"],
  ["section", "rights"],
];
const GROUPS = [
  { types: ["bpmn:Lane"], work: [["role", "select", "roles"]] },
  { types: ["bpmn:UserTask"], work: [...PEOPLE, ["countersign", "text"], ["sign", "select", "signatures"], ["external", "check"], ["bulk", "check"]], rules: [["result", "text"]] },
  { types: ["bpmn:ManualTask"], work: [...PEOPLE, ["bulk", "check"]], rules: [["result", "text"]] },
  { types: ["bpmn:ServiceTask"], work: [["connector", "select", "connectors"], ["document", "text"]], rules: [["result", "text"]], rows: ["parameter"] },
  { types: ["bpmn:BusinessRuleTask"], work: [["decision", "select", "decisions"]], rules: [["result", "text"]], rows: ["input"] },
  { types: ["bpmn:SendTask", "bpmn:EndEvent", "bpmn:IntermediateThrowEvent"], rules: [["correlation", "feel"], ["ttl", "text"]], rows: ["input"] },
  { types: ["bpmn:ReceiveTask"], rules: [["correlation", "feel"], ["result", "text"]] },
  { types: ["bpmn:StartEvent"], work: [["inputs", "text"]], rules: [["per", "feel"], ["catchUp", "text"], ["case", "feel"], ["correlation", "feel"], ["result", "text"], ["calendar", "text"]] },
  { types: ["bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent"], rules: [["correlation", "feel"], ["result", "text"], ["calendar", "text"]] },
  { types: ["bpmn:CallActivity"], work: [], rules: [["result", "text"]], rows: ["input", "output"] },
  { types: ["bpmn:SubProcess", "bpmn:ScriptTask"], rules: [["result", "text"]] },
];
const ROWS = { parameter: "zx:Parameter", input: "zx:Input", output: "zx:Output" };

export function fieldsOf(element, panel) {
  const bo = element.businessObject;
  const about = is(bo, "bpmn:Participant") && bo.processRef ? bo.processRef : bo;
  if (is(bo, "bpmn:Collaboration")) return [];
  const context = { element, bo, panel, modeling: panel.modeler.get("modeling"), factory: panel.modeler.get("bpmnFactory") };
  const group = GROUPS.find(({ types }) => types.some((type) => is(bo, type))) ?? {};
  const work = [...(group.work ?? []).map((spec) => extension(context, spec)), ...special(context)];
  const rules = (group.rules ?? []).map((spec) => extension(context, spec));
  const rows = (group.rows ?? []).map((name) => ({ name, type: ROWS[name] }));
  const trace = is(bo, "bpmn:FlowNode") ? ["clause", "source"].map((name) => extension(context, [name, "text"])) : [];
  return [
    { name: "general", fields: general(context, about) },
    ...(work.length || rows.length ? [{ name: "work", fields: work, rows }] : []),
    ...(rules.length ? [{ name: "rules", fields: rules }] : []),
    ...(trace.length ? [{ name: "trace", fields: trace }] : []),
  ];
}

export function rowsOf(modeler, element, type) {
  const modeling = modeler.get("modeling");
  const factory = modeler.get("bpmnFactory");
  const bo = element.businessObject;
  const values = bo.extensionElements?.get("values") ?? [];
  const put = (rows) => {
    const others = values.filter((one) => one.$type !== type);
    const made = rows.map(({ name, value }) => factory.create(type, { name, value }));
    const box = factory.create("bpmn:ExtensionElements", { values: [...others, ...made] });
    box.$parent = bo;
    for (const one of box.values) one.$parent = box;
    modeling.updateProperties(element, { extensionElements: box.values.length ? box : undefined });
  };
  return { all: values.filter((one) => one.$type === type), put };
}

function general({ element, bo, panel, modeling, factory }, about) {
  const { english } = panel;
  const texts = is(bo, "bpmn:TextAnnotation") ? "text" : "name";
  const put = (values) => (about === bo ? modeling.updateProperties(element, values) : modeling.updateModdleProperties(element, about, values));
  const describe = (text) => {
    const made = text ? [factory.create("bpmn:Documentation", { text })] : [];
    for (const one of made) one.$parent = about;
    modeling.updateModdleProperties(element, about, { documentation: made });
  };
  const name = {
    name: "name",
    kind: "text",
    value: about[texts] ?? "",
    set: (text) => (about === bo && texts === "name" ? modeling.updateLabel(element, text) : put({ [texts]: text })),
  };
  const spoken = (what) => ({ name: `${what}_en`, kind: what === "name" ? "text" : "area", value: english.of(about.id, what), set: (text) => english.set(about.id, what, text) });
  const id = {
    name: "id",
    kind: "text",
    value: bo.id,
    fixed: about !== bo,
    set: (text) => {
      if (!ID.test(text) || panel.modeler.get("elementRegistry").get(text)) return;
      english.renamed(bo.id, text);
      modeling.updateProperties(element, { id: text });
    },
  };
  if (is(bo, "bpmn:SequenceFlow")) return [name, spoken("name"), id];
  const documentation = { name: "documentation", kind: "area", value: about.documentation?.[0]?.text ?? "", set: describe };
  return [name, spoken("name"), documentation, spoken("documentation"), id];
}

function extension({ element, bo, panel, modeling }, [name, kind, from, example]) {
  const key = `zx:${name}`;
  return {
    name,
    kind,
    example,
    value: bo.get(key) ?? "",
    options: from ? panel.choices[from] : [],
    set: (text) => modeling.updateProperties(element, { [key]: text || undefined }),
  };
}

// What the standard itself has, and people must be able to say.
function special(context) {
  const { bo } = context;
  const found = [];
  if (is(bo, "bpmn:SequenceFlow")) found.push(...flow(context));
  if (is(bo, "bpmn:CallActivity")) found.push(called(context));
  if (is(bo, "bpmn:ScriptTask")) found.push(plain(context, "script", "feel"));
  const timer = (bo.eventDefinitions ?? []).find((one) => is(one, "bpmn:TimerEventDefinition"));
  if (timer) found.push(...timing(context, timer));
  if (bo.loopCharacteristics && is(bo.loopCharacteristics, "bpmn:MultiInstanceLoopCharacteristics")) found.push(...repeated(context));
  return found;
}

const expression = ({ factory }, parent, body) => {
  if (!body) return undefined;
  const made = factory.create("bpmn:FormalExpression", { body });
  made.$parent = parent;
  return made;
};

function flow(context) {
  const { element, bo, modeling } = context;
  const source = bo.sourceRef;
  if (!["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:ComplexGateway", "bpmn:Activity"].some((type) => is(source, type))) return [];
  const condition = {
    name: "condition",
    kind: "feel",
    example: "example_condition",
    value: bo.conditionExpression?.body ?? "",
    set: (body) => modeling.updateProperties(element, { conditionExpression: expression(context, bo, body) }),
  };
  const otherwise = {
    name: "default",
    kind: "check",
    value: source.default === bo ? "true" : "",
    set: (text) => modeling.updateProperties(element.source, { default: text ? bo : undefined }),
  };
  return [condition, otherwise];
}

function called({ element, bo, panel, modeling }) {
  return { name: "called", kind: "select", options: panel.choices.processes, value: bo.calledElement ?? "", set: (text) => modeling.updateProperties(element, { calledElement: text || undefined }) };
}

function plain({ element, bo, modeling }, name, kind) {
  return { name, kind, value: bo[name] ?? "", set: (text) => modeling.updateProperties(element, { [name]: text || undefined }) };
}

function timing(context, timer) {
  const { element, panel, modeling } = context;
  const kind = TIMES.find((name) => timer[name]) ?? "timeDuration";
  const put = (name, body) => modeling.updateModdleProperties(element, timer, { ...Object.fromEntries(TIMES.map((one) => [one, undefined])), [name]: expression(context, timer, body) });
  const options = TIMES.map((name) => [name, panel.words[name]]);
  const body = timer[kind]?.body ?? "";
  return [
    { name: "timer", kind: "select", options, value: kind, set: (name) => put(name || kind, body) },
    { name: kind, kind: "feel", value: body, set: (text) => put(kind, text) },
  ];
}

function repeated(context) {
  const { element, bo, modeling } = context;
  const loop = bo.loopCharacteristics;
  const put = (values) => modeling.updateModdleProperties(element, loop, values);
  return [
    { name: "collection", kind: "feel", value: loop.get("zx:collection") ?? "", set: (text) => put({ "zx:collection": text || undefined }) },
    { name: "item", kind: "text", value: loop.get("zx:item") ?? "", set: (text) => put({ "zx:item": text || undefined }) },
    { name: "completion", kind: "feel", value: loop.completionCondition?.body ?? "", set: (body) => put({ completionCondition: expression(context, loop, body) }) },
  ];
}

import { changesBetween } from "./difference";
import { problemsOf } from "../cloud/check";
import { rules } from "../cloud/rules";
import type { Rule, Surroundings, Values } from "../cloud/rules/shape";
import type { CheckResult, Difference, Found, Made, Package, Provider, State, Subject } from "./provider";
import { isUnknown, unknown } from "./wire";

/** The `random` package: what it makes lives in the state of its stack and nowhere else. */
export const randomPackage: Package = {
  name: "random",
  version: "4.21.2",
  configure: () => new RandomProvider(),
  replacedBy: () => [],
};

class RandomProvider implements Provider {
  check(subject: Subject, inputs: Values): CheckResult {
    const rule = ruleOf(subject);
    const failures = problemsOf(rule.inputs, inputs, isUnknown);
    return { inputs, failures: failures.map(({ path, reason }) => ({ property: path, reason })) };
  }

  diff(subject: Subject, old: { inputs: Values }, inputs: Values): Difference {
    return {
      changes: changesBetween(ruleOf(subject).inputs, old.inputs, inputs),
      deleteBeforeReplace: false,
    };
  }

  preview(subject: Subject, inputs: Values, old?: State): Values {
    const open = Object.fromEntries(ruleOf(subject).computed.map((name) => [name, unknown]));
    return { ...(old?.outputs ?? open), ...inputs };
  }

  create(subject: Subject, inputs: Values): Promise<Made> {
    const rule = ruleOf(subject);
    const id = typeof rule.id === "function" ? rule.id(inputs, nowhere) : rule.id;
    return Promise.resolve({ id, outputs: { ...rule.outputs?.({ id, inputs }, nowhere), ...inputs } });
  }

  update(_subject: Subject, _id: string, inputs: Values, { outputs }: State): Promise<Values> {
    return Promise.resolve({ ...outputs, ...inputs });
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  read(_subject: Subject, id: string, state: State): Promise<Found> {
    return Promise.resolve({ id, ...state });
  }
}

function ruleOf(subject: Subject): Rule {
  const rule = rules.get(subject.kind);
  if (!rule) throw new Error(`no rules for random:${subject.kind}; add them in local/cloud/rules/random.ts`);
  return rule;
}

/** Random values depend on nothing around them. */
const nowhere: Surroundings = {
  project: { id: "", number: "" },
  list: () => [],
  find: () => undefined,
  alsoReferring: () => [],
  isAssumed: () => false,
  number: () => "",
};

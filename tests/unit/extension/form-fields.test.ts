import { describe, expect, it } from "vitest";
import { fieldProblem, refusedField } from "../../../extension/components/form-fields.ts";
import { createText } from "../../../extension/locales/text.ts";
import { formField } from "../../../extension/messaging/commands.ts";

const text = createText("en");
const FIELDS = ["name", "handle", "email"] as const;

describe("[DEC-51] the field that a refusal is about", () => {
  it.each([
    [{ problem: "bad-input", field: "handle" }, "handle"],
    [{ problem: "handle-taken" }, "handle"],
    [{ problem: "email-taken" }, "email"],
    [{ problem: "bad-input", field: "password" }, undefined],
    [{ problem: "bad-input" }, undefined],
    [{ problem: "too-many", field: "name" }, undefined],
    [{ problem: "not-found" }, undefined],
  ] as const)("for %j is %s", (refused, field) => {
    expect(refusedField({ ok: false, ...refused }, FIELDS)).toBe(field);
  });

  it("is the present password, where a form asks for it and it is wrong", () => {
    expect(refusedField({ ok: false, problem: "not-found" }, [...FIELDS, "current"])).toBe("current");
  });

  it.each([
    ["username", "handle"],
    ["email", "email"],
    ["current", "current"],
    ["next", "password"],
    ["before", undefined],
    ["constructor", undefined],
    [undefined, undefined],
    [null, undefined],
  ] as const)("that the server calls %s is the form's %s", (parameter, field) => {
    expect(formField(parameter)).toBe(field);
  });
});

describe("what stands under a field", () => {
  const typed = { name: "Carol", handle: "carol", email: "carol@example.org" };
  const answer = { ok: false, problem: "handle-taken" } as const;

  it("is why it was refused, for as long as it is as it was then", () => {
    const refused = { answer, typed };
    const problem = text.t("problem.handle-taken");
    expect(fieldProblem(text, "handle", { typed, isWrong: false, refused })).toBe(problem);
    expect(fieldProblem(text, "name", { typed, isWrong: false, refused })).toBeUndefined();
    const changed = { ...typed, handle: "carol.r" };
    expect(fieldProblem(text, "handle", { typed: changed, isWrong: false, refused })).toBeUndefined();
  });

  it("is first of all what is wrong with it now", () => {
    const blank = { ...typed, name: " ", handle: "c" };
    const refused = { answer, typed: blank };
    expect(fieldProblem(text, "name", { typed: blank, isWrong: true, refused })).toBe(text.t("sign.name-empty"));
    expect(fieldProblem(text, "handle", { typed: blank, isWrong: true, refused })).toBe(text.t("sign.handle-wrong"));
  });
});

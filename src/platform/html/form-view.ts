/** What a form page shows: what was typed, exactly as typed, and what is wrong with it. */
export interface FormView {
  readonly values: Readonly<Record<string, unknown>>;
  /** In the order of the summary on top of the page. */
  readonly errors: readonly { readonly path: string; readonly message: string; readonly target: string }[];
}

/** A place (`title`, `tiers.0.amount`; empty for the form as a whole) and its sentence in the reader's language. */
export interface FormError {
  readonly path: string;
  readonly message: string;
}

export function formView(values: Readonly<Record<string, unknown>>, errors: readonly FormError[] = []): FormView {
  return { values, errors: errors.map(({ path, message }) => ({ path, message, target: fieldId(path) })) };
}

/** `tiers[0][amount]` and `tiers.0.amount` are both the element `f-tiers-0-amount`. */
export function fieldId(name: string): string {
  return `f-${toPath(name).join('-')}`;
}

/** The first sentence about a field. */
export function errorAt(form: FormView, name: string): string | undefined {
  const path = toPath(name).join('.');
  return form.errors.find((error) => error.path === path)?.message;
}

export function valueAt(values: unknown, name: string): unknown {
  let value = values;
  for (const step of toPath(name)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function toPath(name: string): string[] {
  return name.replaceAll('[', '.').replaceAll(']', '').split('.');
}

import ts from 'typescript';

/** How large the functions of a file are, as the rules of ARCHITECTURE.md count them. */

export interface FunctionSize {
  /** Its name; for one without, what it is handed to and where that stands: `map(…) in planOf`. */
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
  readonly kind: 'function' | 'handler' | 'route table';
}

const ROUTE_METHODS = new Set(['get', 'post', 'put', 'patch', 'delete', 'use', 'all']);

/**
 * Every function of a source with its lines and parameters. A function that only names routes is a route table; what it
 * hands to `router.get(…)` is a handler.
 */
export function functionSizes(path: string, text: string): FunctionSize[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (isFunction(node) && node.body !== undefined) found.push(sizeOf(file, node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

type WithBody =
  ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration | ts.ConstructorDeclaration;

function isFunction(node: ts.Node): node is WithBody {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node)
  );
}

function sizeOf(file: ts.SourceFile, node: WithBody): FunctionSize {
  const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
  const last = file.getLineAndCharacterOfPosition(node.end).line;
  const isHandler = isRouteCall(node.parent);
  return {
    name: nameOf(file, node),
    lines: last - first + 1,
    parameters: node.parameters.length,
    kind: isHandler ? 'handler' : hasRoutes(node) || /Routes$/.test(nameOf(file, node)) ? 'route table' : 'function',
  };
}

function nameOf(file: ts.SourceFile, node: WithBody): string {
  if (node.name !== undefined) return node.name.getText(file);
  const { parent } = node;
  if (ts.isVariableDeclaration(parent)) return parent.name.getText(file);
  if (ts.isPropertyAssignment(parent)) return `${parent.name.getText(file)} in ${outerName(file, parent)}`;
  if (!ts.isCallExpression(parent)) return `function in ${outerName(file, parent)}`;
  const called = parent.expression.getText(file);
  const [path] = parent.arguments;
  return isRouteCall(parent) ? `${called}(${path?.getText(file) ?? ''})` : `${called}(…) in ${outerName(file, parent)}`;
}

function outerName(file: ts.SourceFile, node: ts.Node): string {
  const outer = ts.findAncestor(node.parent, isFunction);
  return outer === undefined ? 'the file' : nameOf(file, outer);
}

function isRouteCall(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ROUTE_METHODS.has(node.expression.name.text) &&
    /router|routes/i.test(node.expression.expression.getText())
  );
}

function hasRoutes(node: WithBody): boolean {
  let found = false;
  ts.forEachChild(node.body as ts.Node, function visit(child): void {
    if (isRouteCall(child)) found = true;
    if (!found) ts.forEachChild(child, visit);
  });
  return found;
}

/**
 * Two lint rules of this house: nothing reads the present time behind its caller's back
 * (`house/clock`), and core/ nothing at all that is not an argument (`house/pure`).
 */
export default {
  meta: { name: "house" },
  rules: {
    clock: forbid(["Date()", "new Date()", "Date.now", "DateTime.now", "DateTime.local"]),
    pure: forbid(["Math.random", "performance", "process", "fetch", "setTimeout", "setInterval"]),
  },
};

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly object?: Node;
  readonly property?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
}

interface Context {
  report(finding: { readonly node: Node; readonly message: string }): void;
}

/** A rule that reports uses of globals, or of their members, by the name they are written with. */
function forbid(names: readonly string[]) {
  return {
    create(context: Context) {
      const check = (node: Node, name: string | undefined) => {
        if (name === undefined || !names.includes(name)) return;
        context.report({
          node,
          message: `${name} is no argument here: take what it gives as one.`,
        });
      };
      return {
        MemberExpression(node: Node) {
          check(node, node.object?.name);
          check(node, `${node.object?.name}.${node.property?.name}`);
        },
        CallExpression(node: Node) {
          check(node, node.callee?.name);
          check(node, `${node.callee?.name}()`);
        },
        NewExpression(node: Node) {
          if (node.arguments?.length === 0) check(node, `new ${node.callee?.name}()`);
        },
      };
    },
  };
}

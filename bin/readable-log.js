const NOT_SHOWN = new Set(['level', 'time', 'msg', 'err', 'req', 'res', 'responseTime', 'pid', 'hostname']);

/**
 * A line of the log as a person reads it; a line that is no log stays as it is.
 * @param {string} line
 * @returns {string}
 */
export function readableLog(line) {
  const entry = parsed(line);
  if (entry === null) return line;
  const { level, time, msg, err, req, res, responseTime } = entry;
  const request = req === undefined ? [] : [req.method, req.url, res?.status, `${responseTime} ms`];
  const rest = Object.entries(entry)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const head = [clockTime(time), level.padEnd(5), ...(request.length > 0 ? request : [msg]), ...rest];
  return [head.join(' '), ...(err === undefined ? [] : linesOf(err))].join('\n');
}

function parsed(line) {
  try {
    const entry = JSON.parse(line);
    return typeof entry?.level === 'string' && typeof entry.time === 'string' ? entry : null;
  } catch {
    return null;
  }
}

function clockTime(time) {
  return new Date(time).toTimeString().slice(0, 8);
}

function linesOf({ type, code, table, message, stack = [], cause }) {
  const what = [type, code, table, message].filter((part) => part !== undefined && part !== null).join(' ');
  return [`  ${what}`, ...stack.map((frame) => `    ${frame}`), ...(cause === undefined ? [] : linesOf(cause))];
}

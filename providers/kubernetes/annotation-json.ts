/** The value that an annotation holds as JSON; undefined where there is none, or somebody wrote something else there. */
export function annotationJson(annotations: Readonly<Record<string, string>>, key: string): unknown {
  try {
    const text = annotations[key];
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

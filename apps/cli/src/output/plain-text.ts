/**
 * Text from the server as it may be shown in a terminal: control characters could move the cursor or repaint what was
 * printed before, so they are replaced.
 */
export function plainText(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]|[\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '�');
}

/** The same on one line, for a table cell. */
export function cellText(text: string): string {
  return plainText(text.replace(/\s*\n\s*/g, ' '));
}

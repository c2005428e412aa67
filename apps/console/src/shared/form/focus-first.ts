/** To the first field with something wrong, once that is on the page. */
export function focusFirst(form: HTMLFormElement | null): void {
  setTimeout(() => {
    const note = form?.querySelector('.fault');
    const place = note?.closest('.field, fieldset, .section');
    place?.querySelector<HTMLElement>('input, textarea')?.focus();
  });
}

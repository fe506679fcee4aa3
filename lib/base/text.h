/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text from names that anyone may choose (comm, cmdline, paths, control groups) made safe to show:
 * the one place where control bytes are escaped and UTF-8 is repaired.
 */
#ifndef NSKIT_TEXT_H
#define NSKIT_TEXT_H

#include "base/arena.h"
#include "base/base.h"

/* Whether the locale's character set is UTF-8 (nl_langinfo(CODESET)); setlocale must have been
 * called. */
bool text_is_utf8_locale(void);

/*
 * For a terminal or a pipe: control bytes (0x00-0x1f, 0x7f), C1 controls (U+0080-9F), line separators,
 * bidirectional and other invisible formatting characters (U+061C, 200B-200F, 2028-202E, 2060-206F,
 * FEFF, FFF9-FFFB, E0000-E007F) and bytes that are no valid UTF-8 become \xNN, byte by byte; where
 * `utf8` is false every byte from 0x80 on does. A backslash stays. Result in `arena`; `text` itself
 * when nothing was to be done; NULL when out of memory.
 */
const char *text_printable(struct arena *arena, const char *text, bool utf8);

/*
 * For JSON: bytes that are no valid UTF-8 (overlong forms, surrogates and > U+10FFFF included)
 * become the text \xNN; control characters stay, the JSON writer escapes them. `text` itself when
 * it is valid already; NULL when out of memory.
 */
const char *text_valid_utf8(struct arena *arena, const char *text);

/* Columns on a terminal of printable text (wcwidth in a UTF-8 locale, bytes else; an unprintable
 * counts 1). */
size_t text_width(const char *text);

/* Printable text cut to so many of these columns, with "..." at its end, in a UTF-8 locale the one
 * character for that; nothing where not even that fits. `text` itself when it fits; NULL when out of
 * memory. */
const char *text_cut(struct arena *arena, const char *text, size_t width);

/*
 * Length in bytes of the valid UTF-8 sequence at `text` (1 to 4), or 0 when the first byte starts
 * none, as at the end of the text; *ret gets the code point.
 */
size_t text_utf8_decode(const char *text, uint32_t *ret);

#endif

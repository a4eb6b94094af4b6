/* xml.h — text in XML documents.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_XML_H
#define ASSAY_XML_H

#include "text.h"

/* Append UTF-8 as character data or attribute value of XML 1.0 (https://www.w3.org/TR/xml/): what
 * would end it is escaped; a control character becomes a blank, and what XML has no way to say (no
 * UTF-8, U+FFFE, U+FFFF) U+FFFD. */
void xml_add_text(struct text *out, const char *s);

#endif

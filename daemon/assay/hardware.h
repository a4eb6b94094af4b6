/* hardware.h — what this machine is, in the words of its kernel and tools.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HARDWARE_H
#define ASSAY_HARDWARE_H

#include <jansson.h>

/* Return the `hardware` member of a submission (DESIGN §12), without power_limit_w: names raw, a
 * member absent where nobody tells it. accelerators lists every device that nvidia-smi, rocm-smi or
 * the PCI bus tell of, whether or not an engine uses it; a display adapter that no tool names has
 * its PCI ids, "10de:2684", as its name. Empty if there is none.
 * root is the folder /proc, /sys and /etc are looked for in, "" for this machine. With another one
 * no program is started: root/commands/NAME is taken for the output of NAME.
 * Returns new; NULL without memory. */
json_t *hardware_read(const char *root);

#endif

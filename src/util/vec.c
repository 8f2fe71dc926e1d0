// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/vec.h"

#define VEC_MIN	8u

void vec_grow_(void **at, uint32_t *room, uint32_t nr, size_t size)
{
	uint32_t new = *room > UINT32_MAX / 2 ? UINT32_MAX : *room * 2;

	if (new < VEC_MIN)
		new = VEC_MIN;
	if (new < nr)
		new = nr;
	/* NO_INDEX is no element. */
	if (*room == UINT32_MAX)
		mem_exhausted();
	*at = mem_resize(*at, new, size);
	*room = new;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/stat.h>

#include "class.h"

const struct ipc_class *const ipc_classes[NR_CLASSES] = {
#define CLASS(name)	[CLASS_##name] = &class_##name,
#include "ipcscope/classes.def"
#undef CLASS
};

const struct class_info *const class_infos[NR_CLASSES] = {
#define CLASS(name)	[CLASS_##name] = &class_##name.info,
#include "ipcscope/classes.def"
#undef CLASS
};

const struct ipc_class *class_of_file(const struct collector *col, uint32_t mode)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (col->query->classes & A_CLASS_OF(class) && ipc_classes[class]->file_type &&
		    ipc_classes[class]->file_type == (mode & S_IFMT))
			return ipc_classes[class];
	}
	return NULL;
}

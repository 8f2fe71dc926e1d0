// SPDX-License-Identifier: GPL-2.0-or-later
#include "class.h"

#define CLASS(name)	extern const struct ipc_class class_##name;
#include "ipcscope/classes.def"
#undef CLASS

const struct ipc_class *const ipc_classes[NR_CLASSES] = {
#define CLASS(name)	[CLASS_##name] = &class_##name,
#include "ipcscope/classes.def"
#undef CLASS
};

const struct class_info *const class_infos[NR_CLASSES] = {
#define CLASS(name)	[CLASS_##name] = &class_##name.kind,
#include "ipcscope/classes.def"
#undef CLASS
};

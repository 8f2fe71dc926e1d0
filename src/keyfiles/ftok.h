/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_FTOK_H
#define IPCSCOPE_FTOK_H

/* The arithmetic of ftok(3), as glibc and musl do it: the low 8 bits of the project id, the
 * low 8 bits of the device, the low 16 bits of the inode. */

#include <stdbool.h>
#include <stdint.h>

/* @dev as makedev(3) makes it. */
uint32_t ftok_key(uint64_t dev, uint64_t ino, uint8_t id);
/* Whether a file of that device and inode gives @key with some id. */
bool ftok_fits(uint32_t key, uint64_t dev, uint64_t ino);

static inline uint8_t ftok_id(uint32_t key)
{
	return (uint8_t)(key >> 24);
}

static inline uint8_t ftok_dev(uint32_t key)
{
	return (uint8_t)(key >> 16);
}

static inline uint16_t ftok_ino(uint32_t key)
{
	return (uint16_t)key;
}

/* "82", "0x52" or the character it is the number of: 'R', or R if it is no digit. */
bool ftok_parse_id(const char *text, uint8_t *id);
/* "0x05ce0001", "97386497", or as signed as C programs print it. */
bool ftok_parse_key(const char *text, uint32_t *key);

#endif

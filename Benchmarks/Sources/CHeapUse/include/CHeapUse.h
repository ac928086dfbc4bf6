#ifndef C_HEAP_USE_H
#define C_HEAP_USE_H

#include <stddef.h>

// Bytes of heap that are allocated now, in all arenas and mapped ones.
size_t heap_in_use(void);

#endif

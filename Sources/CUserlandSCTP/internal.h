#pragma once
#include "CUserlandSCTP.h"

/// The stack's output call-back: queues a copy.
int userland_output(void *token, void *buffer, size_t length, uint8_t tos, uint8_t set_df);

/// Hands a packet with internal ports to the stack.
void userland_input(const uint8_t *bytes, size_t length);

// Without the package trait this target is empty, so that a build without it needs no usrsctp.
#ifdef USERLAND_SCTP

#define INET 1
#define INET6 1
#include <string.h>
#include <usrsctp.h>

#include "internal.h"

#if defined(__x86_64__)
#include <cpuid.h>

static bool has_instruction(void) {
    unsigned int a, b, c = 0, d;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_2) != 0;
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(const uint8_t *bytes, size_t length) {
    uint64_t state = UINT32_MAX;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    for (; length > 0; bytes++, length--) state = __builtin_ia32_crc32qi((uint32_t)state, *bytes);
    return ~(uint32_t)state;
}

#elif defined(__aarch64__) && defined(__linux__) && defined(__LITTLE_ENDIAN__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

static bool has_instruction(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

__attribute__((target("crc"))) static uint32_t by_instruction(const uint8_t *bytes, size_t length) {
    uint32_t state = UINT32_MAX;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __crc32cd(state, word);
    }
    for (; length > 0; bytes++, length--) state = __crc32cb(state, *bytes);
    return ~state;
}

#else

static bool has_instruction(void) { return false; }
static uint32_t by_instruction(const uint8_t *bytes, size_t length) {
    (void)bytes;
    (void)length;
    return 0;
}

#endif

uint32_t userland_plain_checksum(uint8_t *bytes, size_t length) { return usrsctp_crc32c(bytes, length); }

uint32_t userland_checksum(uint8_t *bytes, size_t length) {
    static int has = -1;
    if (has < 0) has = has_instruction();
    return has ? by_instruction(bytes, length) : userland_plain_checksum(bytes, length);
}

#endif

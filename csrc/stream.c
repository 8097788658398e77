/* Copying past the cache: for outputs that would not stay in it. */
#include <string.h>

#include "compiler.h"
#include "softsign.h"

static SHARED size_t streaming_bytes = SIZE_MAX;

size_t softsign_streaming_bytes(void) { return streaming_bytes; }
void softsign_set_streaming_bytes(size_t bytes) { streaming_bytes = bytes; }

#if defined(__x86_64__) || defined(_M_X64)

#include <emmintrin.h>

void softsign_stream(char *to, const char *from, size_t bytes)
{
    size_t head = -(uintptr_t)to % sizeof(__m128i);
    head = head < bytes ? head : bytes;
    memcpy(to, from, head);
    size_t i = head;
    for (; i + sizeof(__m128i) <= bytes; i += sizeof(__m128i))
        _mm_stream_si128((__m128i *)(to + i), _mm_loadu_si128((const __m128i *)(from + i)));
    memcpy(to + i, from + i, bytes - i);
}

void softsign_stream_end(void) { _mm_sfence(); }

#else

void softsign_stream(char *to, const char *from, size_t bytes) { memcpy(to, from, bytes); }
void softsign_stream_end(void) {}

#endif

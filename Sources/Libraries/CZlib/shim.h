#ifndef WSDIAG_CZLIB_SHIM_H
#define WSDIAG_CZLIB_SHIM_H
#include <zlib.h>
/* Function-like macros are not imported into Swift: each one is wrapped. */
static inline int wsdiag_inflateInit2(z_stream *s, int bits) { return inflateInit2(s, bits); }
static inline int wsdiag_deflateInit2(z_stream *s, int level, int bits, int memory) {
    return deflateInit2(s, level, Z_DEFLATED, bits, memory, Z_DEFAULT_STRATEGY);
}
#endif

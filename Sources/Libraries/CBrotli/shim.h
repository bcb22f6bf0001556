#ifndef WSDIAG_CBROTLI_SHIM_H
#define WSDIAG_CBROTLI_SHIM_H
#include <brotli/decode.h>
#endif

#ifndef WSDIAG_CZSTD_SHIM_H
#define WSDIAG_CZSTD_SHIM_H
#include <zstd.h>
#include <zstd_errors.h>
#endif

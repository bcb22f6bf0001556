#ifndef WSDIAG_COPENSSL_SHIM_H
#define WSDIAG_COPENSSL_SHIM_H
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/bio.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/hmac.h>
#include <openssl/provider.h>

/* Function-like macros are not imported into Swift: each one that is used is wrapped here. */
static inline long wsd_SSL_CTX_set_min_proto_version(SSL_CTX *c, int v) { return SSL_CTX_set_min_proto_version(c, v); }
static inline long wsd_SSL_CTX_set_max_proto_version(SSL_CTX *c, int v) { return SSL_CTX_set_max_proto_version(c, v); }
static inline long wsd_SSL_CTX_set1_groups_list(SSL_CTX *c, const char *l) { return SSL_CTX_set1_groups_list(c, l); }
static inline long wsd_SSL_CTX_set_session_cache_mode(SSL_CTX *c, long m) { return SSL_CTX_set_session_cache_mode(c, m); }
static inline long wsd_SSL_CTX_set_dh_auto(SSL_CTX *c, long on) { return SSL_CTX_set_dh_auto(c, on); }
static inline long wsd_SSL_set_tlsext_host_name(SSL *s, const char *n) { return SSL_set_tlsext_host_name(s, n); }
static inline void wsd_SSL_CTX_set_no_encrypt_then_mac(SSL_CTX *c) { SSL_CTX_set_options(c, SSL_OP_NO_ENCRYPT_THEN_MAC); }
static inline void wsd_SSL_CTX_set_no_ticket(SSL_CTX *c) { SSL_CTX_set_options(c, SSL_OP_NO_TICKET); }
static inline void wsd_SSL_CTX_set_allow_client_renegotiation(SSL_CTX *c) { SSL_CTX_set_options(c, SSL_OP_ALLOW_CLIENT_RENEGOTIATION); }
static inline EVP_PKEY *wsd_EVP_RSA_gen(unsigned bits) { return EVP_RSA_gen(bits); }
static inline EVP_PKEY *wsd_EVP_EC_gen(const char *curve) { return EVP_EC_gen(curve); }
static inline size_t wsd_BIO_pending(BIO *b) { return BIO_ctrl_pending(b); }
static inline long wsd_BIO_set_mem_eof_return(BIO *b, int v) { return BIO_set_mem_eof_return(b, v); }
static inline long wsd_SSL_CTX_set_mode(SSL_CTX *c, long m) { return SSL_CTX_set_mode(c, m); }
static inline long wsd_SSL_CTX_add0_chain_cert(SSL_CTX *c, X509 *x) { return SSL_CTX_add0_chain_cert(c, x); }
static inline int wsd_ERR_GET_REASON(unsigned long e) { return ERR_GET_REASON(e); }
static inline int wsd_ERR_GET_LIB(unsigned long e) { return ERR_GET_LIB(e); }
#endif

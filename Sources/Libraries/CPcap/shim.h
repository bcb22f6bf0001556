#ifndef WSDIAG_CPCAP_SHIM_H
#define WSDIAG_CPCAP_SHIM_H
#include <pcap/pcap.h>
#endif

// What the files of this target share; needs the system's headers.
#ifndef C_KERNEL_SCTP_ADDRESSES_H
#define C_KERNEL_SCTP_ADDRESSES_H

#include "CKernelSCTP.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct sockaddr_storage kernel_sctp_to_system(const struct kernel_sctp_address *address);
struct kernel_sctp_address kernel_sctp_from_system(const void *system_address);
socklen_t kernel_sctp_system_length(const void *system_address);

#endif

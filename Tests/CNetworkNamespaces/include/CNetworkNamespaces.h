// Network namespaces for tests: Swift's Glibc module leaves setns out.
#ifndef C_NETWORK_NAMESPACES_H
#define C_NETWORK_NAMESPACES_H

// Moves the calling thread to the namespace that `ip netns` knows by this name; 0, or the negated errno.
int network_namespace_enter(const char *name);

#endif

// The part of libxml2 that reads documents. Debian: libxml2-dev.
#ifndef RSERPOOL_CLIBXML2_H
#define RSERPOOL_CLIBXML2_H
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

// xmlFree is a variable, which Swift 6 will not read.
static inline void clibxml2_free(void *memory) { xmlFree(memory); }
#endif

import ArgumentParser
import SCTPTransport
enum SCTPBackendChoice { case automatic, kernel, userland }
